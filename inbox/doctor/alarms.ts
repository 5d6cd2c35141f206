import { DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { ListSubscriptionsByTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { count } from "../../terminal/output";
import { ok, problem, warning, type Check, type Finding, type Patient } from "./finding";

/** DescribeAlarms takes 100 names at once. */
const AT_ONCE = 100;

/** The stack's alarms: all there, none raised, and somebody is notified. */
export const alarms: Check = {
  name: "alarms",
  async examine(patient) {
    const { outputs, cloudwatch } = patient;
    const found: MetricAlarm[] = [];
    for (let from = 0; from < outputs.alarm_names.length; from += AT_ONCE) {
      const AlarmNames = outputs.alarm_names.slice(from, from + AT_ONCE);
      const { MetricAlarms = [] } = await cloudwatch.send(
        new DescribeAlarmsCommand({ AlarmNames, MaxRecords: AT_ONCE }),
      );
      found.push(...MetricAlarms);
    }
    const names = new Set(found.map(({ AlarmName }) => AlarmName));
    const missing = outputs.alarm_names.filter((name) => !names.has(name));
    const raised = found.filter(({ StateValue }) => StateValue === "ALARM");
    return [
      missing.length === 0
        ? ok("alarms", `${found.length} exist`)
        : problem("alarms", `missing: ${missing.join(", ")}`, "Run `pulumi up`; somebody deleted them."),
      ...raised.map(({ AlarmName, AlarmDescription }) =>
        problem(`alarm ${AlarmName}`, "raised", AlarmDescription ?? "See webhooks status."),
      ),
      await examineRecipients(found, patient),
    ];
  },
};

async function examineRecipients(found: readonly MetricAlarm[], { access }: Patient): Promise<Finding> {
  const what = "alarm notifications";
  const topics = [...new Set(found.flatMap(({ AlarmActions = [] }) => AlarmActions))].filter((arn) =>
    arn.includes(":sns:"),
  );
  if (topics.length === 0) {
    return warning(what, "nobody is notified", "Set `webhook-inbox:alarmEmail`, or watch `webhooks status`.");
  }
  const sns = new SNSClient(access);
  const pages = await Promise.all(
    topics.map((TopicArn) => sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))),
  );
  const subscriptions = pages.flatMap(({ Subscriptions = [] }) => Subscriptions);
  const pending = subscriptions.filter(({ SubscriptionArn }) => !SubscriptionArn?.startsWith("arn:"));
  if (subscriptions.length === 0) return problem(what, "the topic has no subscription", "Run `pulumi up`.");
  if (pending.length === subscriptions.length) {
    return problem(
      what,
      `not confirmed: ${pending.map(({ Endpoint }) => Endpoint).join(", ")}`,
      "Open the mail of AWS Notifications and confirm the subscription.",
    );
  }
  return ok(what, `${count(subscriptions.length - pending.length, "confirmed subscription")}`);
}
