import { runProgram } from "../../support/program";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

test("without an address alarms notify the stack's own topic, and another that is given", async () => {
  const given = "arn:aws:sns:us-east-1:123456789012:on-call";
  const program = await runProgram({ alarmEmail: undefined, alarmTopicArn: given });
  const { alarm_topic_arn: own } = program.outputs;
  expect(own).toBe("arn:aws:sns:us-east-1:123456789012:webhook-inbox-alarms-dev");
  expect(program.all("aws:sns/topicSubscription:TopicSubscription").length).toBe(0);
  expect(program.all(ALARM).length).toBeGreaterThan(0);
  for (const { inputs } of program.all(ALARM))
    expect(inputs).toMatchObject({ alarmActions: [own, given], okActions: [own, given] });
}, 60_000);
