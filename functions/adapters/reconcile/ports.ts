import type { S3Client } from "@aws-sdk/client-s3";
import { schemes } from "../../../providers";
import { admitListed } from "../../domain/admit-listed";
import type { Log } from "../../domain/log-line";
import type { Provider } from "../../domain/provider";
import type { ReconcilePorts } from "../../domain/reconcile-ports";
import type { ReleasePorts } from "../../domain/release";
import type { DynamoDB, RecordReader } from "../clients";
import { apiOf, knownByDelivery, type ApiSettings } from "./apis";
import { createLease } from "./lease";
import { quarantinedIds } from "./quarantined";
import { recordedByDelivery, recordedById } from "./recorded";

/** A provider whose events are compared. */
export interface ReconciledProvider {
  readonly name: string;
  /** Id of its signature scheme. */
  readonly scheme: string;
  readonly orderingKey?: string | undefined;
  readonly redact?: readonly string[] | undefined;
  readonly settings: ApiSettings;
}

/** Resources and clients of an inbox for reconciliation, with the function's credentials or an operator's. */
export interface ReconciledInbox {
  readonly table: string;
  readonly bucket: string;
  /** Whether the inbox quarantines rejected requests. */
  readonly quarantine: boolean;
  readonly dynamodb: DynamoDB & RecordReader;
  readonly s3: S3Client;
  readonly stores: Pick<ReleasePorts, "payloads" | "records" | "queue">;
  readonly log: Log;
  /** Aborts all calls of the provider's API. */
  readonly signal: AbortSignal;
}

/** Returns the ports of a run for one provider. @param key API key of the provider */
export function reconcilePorts(
  { name, scheme: id, orderingKey, redact, settings }: ReconciledProvider,
  key: string,
  { table, bucket, quarantine, dynamodb, s3, stores, log, signal }: ReconciledInbox,
): ReconcilePorts {
  const scheme = schemes[id];
  if (!scheme) throw new Error(`provider ${name} has the unknown scheme ${id}`);
  const provider: Provider = {
    name,
    scheme,
    ...(orderingKey !== undefined && { orderingKey }),
    ...(redact && { redact }),
  };
  const now = Date.now;
  const recorder = { table, provider: name, dynamodb, now };
  return {
    api: apiOf(settings, { name, scheme: id }, key, signal),
    records: knownByDelivery(settings) ? recordedByDelivery(recorder) : recordedById(recorder),
    quarantined: quarantine ? quarantinedIds(bucket, provider, s3) : () => Promise.resolve(new Set()),
    admit: (event) => admitListed(event, provider, { ...stores, now }),
    lease: createLease(table, name, dynamodb, now),
    now,
    log,
  };
}
