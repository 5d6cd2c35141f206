import type { GroupPorts } from "../domain/process-group";
import type { RecoverPorts } from "../domain/recover";
import type { WebhookError } from "../domain/workflow";
import type { SignedCall } from "./signed-calls";
import { orUnavailable } from "./unavailable";

const API = "/2015-03-31";

/** Tag of the event source mapping that tells the breaker's pause from an operator's; its value is when it began. */
const PAUSED_SINCE = "webhook-inbox:paused-since";

/** What the recovery function is invoked with, beside its schedule. */
export interface PauseRequest {
  readonly pause: WebhookError;
}

/** The breaker as the processor sees it: the recovery function, invoked asynchronously, opens it. */
export function breakerAt(recoverFunctionName: string, call: SignedCall): GroupPorts["breaker"] {
  return {
    async open(reason) {
      const request: PauseRequest = { pause: reason };
      const invoked = call("lambda", `${API}/functions/${recoverFunctionName}/invocations`, {
        method: "POST",
        headers: { "x-amz-invocation-type": "Event" },
        body: JSON.stringify(request),
      });
      await orUnavailable("Lambda Invoke", invoked);
    },
  };
}

/** The event source mapping through which the processor reads the queue. */
export function consumerOf(mappingArn: string, call: SignedCall): RecoverPorts["consumer"] {
  const mapping = `${API}/event-source-mappings/${mappingArn.split(":").at(-1)}`;
  const tags = `${API}/tags/${encodeURIComponent(mappingArn)}`;
  const json = { "content-type": "application/json" };
  const setEnabled = (Enabled: boolean) =>
    call("lambda", mapping, { method: "PUT", headers: json, body: JSON.stringify({ Enabled }) });

  return {
    async state() {
      const { Tags } = await orUnavailable("Lambda ListTags", call("lambda", tags, { method: "GET" }));
      const pausedSince = (Tags as Record<string, string> | undefined)?.[PAUSED_SINCE];
      return pausedSince === undefined ? {} : { pausedSince };
    },
    async pause(since) {
      const body = JSON.stringify({ Tags: { [PAUSED_SINCE]: since } });
      // The tag first: a mapping that is off without it would stay off.
      await orUnavailable(
        "Lambda TagResource",
        call("lambda", tags, { method: "POST", headers: json, body }),
      );
      await orUnavailable("Lambda UpdateEventSourceMapping", setEnabled(false));
    },
    async resume() {
      await orUnavailable("Lambda UpdateEventSourceMapping", setEnabled(true));
      const untag = `${tags}?tagKeys=${encodeURIComponent(PAUSED_SINCE)}`;
      await orUnavailable("Lambda UntagResource", call("lambda", untag, { method: "DELETE" }));
    },
  };
}
