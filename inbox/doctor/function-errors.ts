import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { count } from "../text";
import { ok, problem, type Check, type Finding, type Patient } from "./finding";

/** Milliseconds of the span that is checked, which ends now. */
const WINDOW_MS = 60 * 60_000;

/** Checks the functions for errors and throttles in the last hour, as CloudWatch counts them. */
export const functionErrors: Check = {
  name: "functions",
  async examine(patient) {
    const { outputs } = patient;
    const names = [
      outputs.ingestion_function_name,
      outputs.processing_function_name,
      outputs.recovery_function_name,
      outputs.reconciliation_function_name,
    ];
    return Promise.all(names.flatMap((name) => (name === undefined ? [] : [examineFunction(name, patient)])));
  },
};

async function examineFunction(name: string, patient: Patient): Promise<Finding> {
  const [errors, throttles] = await Promise.all([
    sum("Errors", name, patient),
    sum("Throttles", name, patient),
  ]);
  const what = `function ${name}`;
  const found = [
    ...(errors > 0 ? [count(errors, "error")] : []),
    ...(throttles > 0 ? [`throttled ${count(throttles, "time")}`] : []),
  ];
  const fixes = [
    ...(errors > 0 ? [`Read its log: aws logs tail /aws/lambda/${name} --since 1h`] : []),
    ...(throttles > 0
      ? ["Raise the account's Lambda concurrency (Service Quotas), or the function's reserved concurrency."]
      : []),
  ];
  if (found.length === 0) return ok(what, "no error in the last hour");
  return problem(what, `${found.join(", ")} in the last hour`, fixes.join(" "));
}

async function sum(MetricName: string, functionName: string, { clients }: Patient): Promise<number> {
  const now = Date.now();
  const { Datapoints = [] } = await clients.cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: "AWS/Lambda",
      MetricName,
      Dimensions: [{ Name: "FunctionName", Value: functionName }],
      StartTime: new Date(now - WINDOW_MS),
      EndTime: new Date(now),
      Period: WINDOW_MS / 1_000,
      Statistics: ["Sum"],
    }),
  );
  return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
}
