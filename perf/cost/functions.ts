import type { Context, SQSEvent } from "aws-lambda";
import { apiEvent, ENVIRONMENT, PAYLOAD_BYTES, PROVIDERS, SECRET } from "../bench/handlers/request";
import { LOG_EVENT_OVERHEAD_BYTES } from "./prices";
import { startRecorder, type AwsCall } from "./recorder";

/** What the two functions did for a batch of webhooks. */
export interface FunctionUsage {
  readonly webhooks: number;
  readonly ingest: { readonly calls: readonly AwsCall[]; readonly logBytes: number };
  readonly process: { readonly calls: readonly AwsCall[]; readonly logBytes: number };
}

/** Environment variables that add to each log line on AWS: for metrics, and the id of a trace. */
const LOGGING = {
  METRIC_NAMESPACE: "webhook-inbox-dev",
  _X_AMZN_TRACE_ID: "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1",
};

type Handler = (event: unknown, context: Context) => Promise<unknown>;

/**
 * Runs both functions as they are deployed, on a recorder, over batches of new webhooks. The functions are warm: the
 * call for the secret is made before, since it is made every five minutes and not per webhook.
 * @param sizes webhooks per batch
 * @param payloadBytes size of each webhook's payload
 */
export async function recordFunctions(
  sizes: readonly number[],
  payloadBytes = PAYLOAD_BYTES,
): Promise<readonly FunctionUsage[]> {
  const recorder = await startRecorder(SECRET);
  const before = { ...process.env };
  Object.assign(process.env, ENVIRONMENT, LOGGING, { AWS_ENDPOINT_URL: recorder.endpoint });
  (globalThis as Record<string, unknown>)["PROVIDERS"] = PROVIDERS;
  const output = captureLog();
  try {
    const ingest = (await import("../../functions/ingest")) as unknown as { handler: Handler };
    const processor = (await import("../../functions/process")) as unknown as { handler: Handler };
    const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
    await ingest.handler(apiEvent("evt_warm_up"), context);
    recorder.take();
    output.take();

    const usages: FunctionUsage[] = [];
    for (const webhooks of sizes) {
      for (let n = 0; n < webhooks; n += 1)
        await ingest.handler(apiEvent(`evt_cost_${webhooks}_${n}`, payloadBytes), context);
      const ingested = { calls: recorder.take(), logBytes: output.take() };
      await processor.handler(batchOf(ingested.calls), context);
      usages.push({
        webhooks,
        ingest: ingested,
        process: { calls: recorder.take(), logBytes: output.take() },
      });
    }
    return usages;
  } finally {
    output.end();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    await recorder.close();
  }
}

/** Returns the messages that were sent, as the event source mapping passes them on. */
function batchOf(calls: readonly AwsCall[]): SQSEvent {
  const messages = calls.filter(({ operation }) => operation === "SendMessage");
  const Records = messages.map(({ body }, index) => {
    const { MessageBody, MessageGroupId, MessageDeduplicationId } = JSON.parse(body.toString()) as Record<
      string,
      string
    >;
    return {
      messageId: String(index),
      receiptHandle: String(index),
      body: MessageBody,
      attributes: {
        MessageGroupId,
        MessageDeduplicationId,
        // Makes the number as long as those of SQS.
        SequenceNumber: String(18_897_431_129_583_355_904n + BigInt(index)),
        ApproximateReceiveCount: "1",
        SentTimestamp: String(Date.now()),
      },
      messageAttributes: {},
    };
  });
  return { Records } as unknown as SQSEvent;
}

/** Captures what the functions write to standard output instead of printing it. */
function captureLog() {
  const { write } = process.stdout;
  let bytes = 0;
  process.stdout.write = (chunk: string | Uint8Array) => {
    // Adds the overhead for each chunk: the functions write line by line.
    bytes += Buffer.byteLength(chunk) + LOG_EVENT_OVERHEAD_BYTES;
    return true;
  };
  return {
    take: () => {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    end: () => {
      process.stdout.write = write;
    },
  };
}
