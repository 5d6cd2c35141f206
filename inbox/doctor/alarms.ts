import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { ListSubscriptionsByTopicCommand } from "@aws-sdk/client-sns";
import { isRaised, readAlarms } from "../alarms";
import { count } from "../text";
import { ok, problem, warning, type Check, type Finding, type Patient } from "./finding";

/** Checks that all of the stack's alarms exist, none is raised, and a subscriber is notified. */
export const alarms: Check = {
  name: "alarms",
  async examine(patient) {
    const { outputs } = patient;
    const found = await readAlarms(patient);
    const names = new Set(found.map(({ AlarmName }) => AlarmName));
    const missing = outputs.alarm_names.filter((name) => !names.has(name));
    const raised = found.filter(isRaised);
    return [
      missing.length === 0
        ? ok("alarms", `${found.length} exist`)
        : problem("alarms", `missing: ${missing.join(", ")}`, "Run `pulumi up`: they were deleted."),
      ...raised.map(({ AlarmName, AlarmDescription }) =>
        problem(`alarm ${AlarmName}`, "raised", AlarmDescription ?? "See webhooks status."),
      ),
      await examineRecipients(found, patient),
    ];
  },
};

async function examineRecipients(found: readonly MetricAlarm[], { clients }: Patient): Promise<Finding> {
  const what = "alarm notifications";
  const topics = [...new Set(found.flatMap(({ AlarmActions = [] }) => AlarmActions))].filter((arn) =>
    arn.includes(":sns:"),
  );
  const pages = await Promise.all(
    topics.map((TopicArn) => clients.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))),
  );
  const subscriptions = pages.flatMap(({ Subscriptions = [] }) => Subscriptions);
  const pending = subscriptions.filter(({ SubscriptionArn }) => !SubscriptionArn?.startsWith("arn:"));
  if (subscriptions.length === 0) {
    const fix =
      "Set `webhook-inbox:alarmEmail`, subscribe to the output alarm_topic_arn, or watch `webhooks status`.";
    return warning(what, "no subscriber", fix);
  }
  if (pending.length === subscriptions.length) {
    return problem(
      what,
      `not confirmed: ${pending.map(({ Endpoint }) => Endpoint).join(", ")}`,
      "Open the mail of AWS Notifications and confirm the subscription.",
    );
  }
  return ok(what, `${count(subscriptions.length - pending.length, "confirmed subscription")}`);
}
