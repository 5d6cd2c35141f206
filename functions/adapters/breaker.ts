import type { GroupPorts } from "../domain/group-ports";
import type { RecoverPorts } from "../domain/recover";
import type { WebhookError } from "../domain/workflow";
import type { SignedCall } from "./signed-calls";
import { orUnavailable } from "./unavailable";

/**
 * Versions in the paths of Lambda's API: it has one for functions and event source mappings, and another for tags.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html
 */
const API = "/2015-03-31";
const TAGS_API = "/2017-03-31";

/**
 * Tag of the event source mapping that marks a pause as the breaker's, not an operator's; its value is the start time.
 */
const PAUSED_SINCE = "webhook-inbox:paused-since";

/** Tag that a rehearsal sets and takes away. */
const REHEARSED = "webhook-inbox:rehearsed";

/** Payload with which the processor invokes the recovery function, which otherwise runs on a schedule. */
export interface PauseRequest {
  readonly pause: WebhookError;
}

/** Payload with which the recovery function is invoked to test the breaker. */
export interface CheckRequest {
  readonly check: true;
}

/** Opens the breaker by invoking the recovery function asynchronously. */
export function createBreakerClient(recoverFunctionName: string, call: SignedCall): GroupPorts["breaker"] {
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

/** Returns the event source mapping through which the processor reads the queue. */
export function consumerOf(mappingArn: string, call: SignedCall): RecoverPorts["consumer"] {
  const mapping = `${API}/event-source-mappings/${mappingArn.split(":").at(-1)}`;
  const tags = `${TAGS_API}/tags/${encodeURIComponent(mappingArn)}`;
  const json = { "content-type": "application/json" };

  const lambda = (operation: string, path: string, init: Parameters<SignedCall>[2]) =>
    orUnavailable(`Lambda ${operation}`, call("lambda", path, init));
  const setEnabled = (Enabled: boolean) =>
    lambda("UpdateEventSourceMapping", mapping, {
      method: "PUT",
      headers: json,
      body: JSON.stringify({ Enabled }),
    });
  const tag = (value: string, name = PAUSED_SINCE) =>
    lambda("TagResource", tags, {
      method: "POST",
      headers: json,
      body: JSON.stringify({ Tags: { [name]: value } }),
    });
  const untag = (name = PAUSED_SINCE) =>
    lambda("UntagResource", tags, { method: "DELETE", query: { tagKeys: name } });

  async function pausedSince(): Promise<string | undefined> {
    const { Tags } = await lambda("ListTags", tags, { method: "GET" });
    return (Tags as Record<string, string> | undefined)?.[PAUSED_SINCE];
  }

  return {
    async state() {
      const since = await pausedSince();
      return since === undefined ? {} : { pausedSince: since };
    },
    async rehearse() {
      await tag("true", REHEARSED);
      await untag(REHEARSED);
    },
    // Tag first, since a mapping that is disabled without the tag stays disabled. Tag again last, since a concurrent
    // resume may have removed the first tag.
    async pause(since) {
      await tag(since);
      await setEnabled(false);
      await tag(since);
    },
    async resume() {
      const since = await pausedSince();
      await setEnabled(true);
      await untag();
      // Restore the tag if a concurrent pause disabled and tagged the mapping between the two calls.
      const { State } = await lambda("GetEventSourceMapping", mapping, { method: "GET" });
      if (since !== undefined && /^Disabl/.test(String(State))) await tag(since);
    },
  };
}

/** Disables all event source mappings of a function, so that it gets no more messages. Running invocations continue. */
export async function disableMappings(functionName: string, call: SignedCall): Promise<void> {
  const path = `${API}/event-source-mappings`;
  const listed = await orUnavailable(
    "Lambda ListEventSourceMappings",
    call("lambda", path, { method: "GET", query: { FunctionName: functionName } }),
  );
  for (const { UUID } of listed["EventSourceMappings"] as readonly { readonly UUID: string }[]) {
    const disabled = call("lambda", `${path}/${UUID}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ Enabled: false }),
    });
    await orUnavailable("Lambda UpdateEventSourceMapping", disabled);
  }
}
