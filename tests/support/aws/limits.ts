import { throttled, type Call, type Fault } from "../fault-proxy";
import type { Models } from "./model";
import { parseRequest } from "./request";
import { violations } from "./violations";

/**
 * GetParameter and GetParameters calls per second that AWS allows an account in a Region. @see
 * https://docs.aws.amazon.com/general/latest/gr/ssm.html
 */
export const PARAMETER_READS_PER_SECOND = 40;

/**
 * Enforces what AWS does and the emulator does not, as a fault proxy between the functions and the emulator. Rejects
 * calls that AWS's models or docs do not allow, and throttles Parameter Store, both with HTTP 400 like AWS.
 * @param readsPerSecond reads of parameters that are not throttled
 */
export function awsLimits(
  models: Models,
  { readsPerSecond = PARAMETER_READS_PER_SECOND, now = Date.now } = {},
) {
  const rejected: string[] = [];
  let tokens = readsPerSecond;
  let filledAt = now();
  const takeToken = (): boolean => {
    tokens = Math.min(readsPerSecond, tokens + ((now() - filledAt) / 1_000) * readsPerSecond);
    filledAt = now();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
  return {
    /** What was rejected, one line each. */
    rejected,
    decide: ({ request }: Call): Fault | undefined => {
      if (request.headers["authorization"] === undefined) return undefined;
      const call = parseRequest(models, request);
      if (call.service === "ssm" && /^GetParameters?$/.test(call.operation) && !takeToken()) {
        rejected.push("ssm: ThrottlingException");
        return throttled;
      }
      const found = violations(models, call);
      if (found.length === 0) return undefined;
      rejected.push(...found);
      const code = call.service === "sqs" ? "InvalidMessageContents" : "ValidationException";
      return { kind: "reject", status: 400, code };
    },
  };
}
