import { runProgram } from "../../support/program";

test("without an address alarms only change their colour", async () => {
  const program = await runProgram({ alarmEmail: undefined });
  expect(program.all("aws:sns/topic:Topic")).toEqual([]);
  const alarms = program.all("aws:cloudwatch/metricAlarm:MetricAlarm");
  expect(alarms.length).toBeGreaterThan(0);
  for (const { inputs } of alarms) expect(inputs).toMatchObject({ alarmActions: [], okActions: [] });
}, 60_000);
