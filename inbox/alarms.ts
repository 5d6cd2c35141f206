import { DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { Inbox } from "./connect";
import { portions } from "./portions";

/** Maximum number of alarm names in one call of DescribeAlarms. */
const AT_ONCE = 100;

/** Returns the stack's alarms that exist, raised or not. */
export async function readAlarms({
  outputs: { alarm_names: names },
  clients: { cloudwatch },
}: Inbox): Promise<readonly MetricAlarm[]> {
  const found: MetricAlarm[] = [];
  for (const AlarmNames of portions(names, AT_ONCE)) {
    const { MetricAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [...AlarmNames], MaxRecords: AT_ONCE }),
    );
    found.push(...MetricAlarms);
  }
  return found;
}

/** Returns whether an alarm is raised. */
export function isRaised({ StateValue }: MetricAlarm): boolean {
  return StateValue === "ALARM";
}
