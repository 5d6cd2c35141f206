import { GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { DescribeResourcePoliciesCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetAccountSettingsCommand } from "@aws-sdk/client-lambda";
import { GetServiceSettingCommand } from "@aws-sdk/client-ssm";
import { messageOf } from "../errors";
import { ok, unknown, warning, type Check, type Finding, type Patient } from "./finding";

/**
 * Lambda's default concurrency limit of an account; a new account can have 10.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const USUAL_CONCURRENCY = 1_000;

/**
 * Maximum number of log resource policies of one account in one Region.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
 */
const MAX_LOG_POLICIES = 10;

/** Checks the limits of the account that are usually reached first, and reports their values. */
export const limits: Check = {
  name: "limits",
  examine: (patient) =>
    Promise.all([
      asFinding("limit: Lambda concurrency", lambdaConcurrency(patient)),
      asFinding("limit: API Gateway throttle", apiThrottle(patient)),
      asFinding("limit: Parameter Store", parameterStore(patient)),
      asFinding("limit: log resource policies", logPolicies(patient)),
    ]),
};

/** Turns an error into a finding, so that a limit that cannot be read does not hide the others. */
async function asFinding(what: string, finding: Promise<Finding>): Promise<Finding> {
  try {
    return await finding;
  } catch (error) {
    return unknown(what, `cannot be read: ${messageOf(error)}`);
  }
}

async function lambdaConcurrency({ clients: { lambda } }: Patient): Promise<Finding> {
  const what = "limit: Lambda concurrency";
  const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: free = 0 } = AccountLimit ?? {};
  const found = `${all} for the account, ${free} unreserved`;
  return all < USUAL_CONCURRENCY
    ? warning(
        what,
        found,
        "Request an increase of `Concurrent executions` in Service Quotas before going live.",
      )
    : ok(what, found);
}

async function apiThrottle({ clients: { apiGateway }, outputs }: Patient): Promise<Finding> {
  const what = "limit: API Gateway throttle";
  const { throttleSettings } = await apiGateway.send(new GetAccountCommand({}));
  if (!throttleSettings) return unknown(what, "not reported");
  const { rateLimit = 0, burstLimit = 0 } = throttleSettings;
  const found = `${rateLimit} requests/s, burst ${burstLimit}, shared by all APIs of the account`;
  const { throttle_rate_limit: rate = 0, throttle_burst_limit: burst = 0 } = outputs;
  return rate > rateLimit || burst > burstLimit
    ? warning(
        what,
        `${found}; the stack asks for ${rate}/s, burst ${burst}`,
        "The account's limit holds. Request an increase in Service Quotas, or lower throttleRateLimit.",
      )
    : ok(what, found);
}

/**
 * Checks the limit of parameter reads, per account and second.
 * @see https://docs.aws.amazon.com/general/latest/gr/ssm.html
 */
async function parameterStore({ clients: { ssm } }: Patient): Promise<Finding> {
  const what = "limit: Parameter Store";
  const SettingId = "/ssm/parameter-store/high-throughput-enabled";
  const { ServiceSetting } = await ssm.send(new GetServiceSettingCommand({ SettingId }));
  return ServiceSetting?.SettingValue === "true"
    ? ok(what, "higher throughput is on (up to 10,000 reads/s)")
    : ok(what, "40 reads/s for the account; secrets are cached for five minutes per function instance");
}

async function logPolicies({ clients: { logs } }: Patient): Promise<Finding> {
  const what = "limit: log resource policies";
  const { resourcePolicies = [] } = await logs.send(new DescribeResourcePoliciesCommand({}));
  const found = `${resourcePolicies.length} of ${MAX_LOG_POLICIES} for the Region`;
  return resourcePolicies.length >= MAX_LOG_POLICIES
    ? warning(what, found, "The next stack that needs one cannot be deployed; remove one that is not used.")
    : ok(what, found);
}
