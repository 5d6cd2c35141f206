import type { Handler } from "aws-lambda";
import { createDynamoDB, createRecordReader, createS3, createS3Reader, createSqs } from "../adapters/clients";
import { environment } from "../adapters/environment";
import { log } from "../adapters/log";
import { createPayloadStore } from "../adapters/payloads";
import { createQueueSender } from "../adapters/queue";
import { reconcilePorts, type ReconciledProvider } from "../adapters/reconcile/ports";
import { createRecordStore } from "../adapters/records";
import { secretStore } from "../adapters/secret-store";
import { cachedSecrets } from "../adapters/secrets";
import { DAY_MS } from "../domain/day";
import { describeError } from "../domain/errors";
import { reconcileDue } from "../domain/reconcile";
import type { SecretRef } from "../domain/secret-ref";

/**
 * Providers whose API is compared with the records. The bundler inserts them, since a function's environment holds no
 * more than 4 KB.
 */
declare const PROVIDERS: readonly (ReconciledProvider & {
  /** The key of the provider's API. */
  readonly apiKey: SecretRef;
  /** Period of the schedule, in milliseconds. */
  readonly everyMs: number;
  readonly settleMs: number;
})[];

/** Payload with which a schedule invokes the function. */
export interface ReconcileRequest {
  readonly provider: string;
}

/** Milliseconds reserved for the end of a run, after the calls to the provider's API are aborted. */
const END_MS = 15_000;

const table = environment("TABLE_NAME");
const bucket = environment("BUCKET_NAME");
const retentionDays = Number(environment("RECORD_RETENTION_DAYS"));
const dynamodb = { ...createDynamoDB(), ...createRecordReader() };
const s3 = createS3Reader();
const stores = {
  payloads: createPayloadStore(bucket, createS3()),
  records: createRecordStore(table, dynamodb, retentionDays),
  queue: createQueueSender(environment("QUEUE_URL"), createSqs()),
};
const keys = cachedSecrets(
  new Map(PROVIDERS.map(({ name, apiKey }) => [name, apiKey])),
  secretStore().read,
  Date.now,
  log,
);

async function keyOf(provider: string): Promise<string | undefined> {
  try {
    const [key] = await keys.get(provider);
    if (key === undefined) throw new Error("every stored API key has expired");
    return key;
  } catch (error) {
    log({ event: "reconcile.failed", provider, error: describeError(error), failing: true });
    return undefined;
  }
}

/**
 * Reconciles one provider, on its schedule. Ignores an error, which is already logged; the next run begins at the same
 * time.
 */
export const handler: Handler<ReconcileRequest, void> = async ({ provider: name }, context) => {
  const provider = PROVIDERS.find((one) => one.name === name);
  if (!provider) throw new Error(`no provider ${name} is configured to be reconciled`);
  const key = await keyOf(name);
  if (key === undefined) return;
  const { everyMs, settleMs } = provider;
  const signal = AbortSignal.timeout(context.getRemainingTimeInMillis() - END_MS);
  const quarantine = environment("QUARANTINE") === "true";
  const inbox = { table, bucket, quarantine, dynamodb, s3, stores, log, signal };
  const settings = { provider: name, settleMs, everyMs, recordsKeptMs: retentionDays * DAY_MS };
  await reconcileDue(settings, reconcilePorts(provider, key, inbox)).catch(() => undefined);
};
