import type { RecoverPorts } from "../domain/recover";
import type { SignedCall } from "./signed-calls";

/**
 * Invokes the processing function with an empty batch, to find out whether it answers. Lambda rejects this while it
 * throttles the function (TooManyRequestsException), by the function's reserved concurrency or the account's limit; a
 * function that fails as it starts does not return a batch's answer.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createProcessorClient(functionName: string, call: SignedCall): RecoverPorts["processor"] {
  return {
    async answers() {
      try {
        const { batchItemFailures } = await call(
          "lambda",
          `/2015-03-31/functions/${functionName}/invocations`,
          { method: "POST", body: JSON.stringify({ Records: [] }) },
        );
        return Array.isArray(batchItemFailures);
      } catch {
        return false;
      }
    },
  };
}
