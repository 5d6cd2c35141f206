import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { count } from "../text";
import { ok, problem, type Check, type Finding, type Patient } from "./finding";

/** Looks back this long. */
const WINDOW_MS = 60 * 60_000;

/** Errors and throttles of the three functions in the last hour, as CloudWatch counts them. */
export const functionErrors: Check = {
  name: "functions",
  async examine(patient) {
    const { ingestion_function_name, processing_function_name, recovery_function_name } = patient.outputs;
    const names = [ingestion_function_name, processing_function_name, recovery_function_name];
    return Promise.all(names.flatMap((name) => (name === undefined ? [] : [examineFunction(name, patient)])));
  },
};

async function examineFunction(name: string, patient: Patient): Promise<Finding> {
  const [errors, throttles] = await Promise.all([
    sum("Errors", name, patient),
    sum("Throttles", name, patient),
  ]);
  const what = `function ${name}`;
  if (errors > 0) {
    return problem(
      what,
      `${count(errors, "error")} in the last hour`,
      `Read its log: aws logs tail /aws/lambda/${name} --since 1h`,
    );
  }
  if (throttles > 0) {
    return problem(
      what,
      `throttled ${count(throttles, "time")} in the last hour`,
      "Raise the account's Lambda concurrency (Service Quotas), or the function's reserved concurrency.",
    );
  }
  return ok(what, "no error in the last hour");
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
