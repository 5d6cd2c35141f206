import type { APIGatewayProxyHandler } from "aws-lambda";
import { coverage, schemeOf, type ConfiguredScheme } from "../../providers";
import { createDynamoDB, createS3, createSqs } from "../adapters/clients";
import { environment } from "../adapters/environment";
import { log } from "../adapters/log";
import { cachedKeys, fetchText, visit } from "../adapters/keys";
import { createPayloadStore } from "../adapters/payloads";
import { createQueueSender } from "../adapters/queue";
import { createQuarantine } from "../adapters/rejected";
import { createRecordStore } from "../adapters/records";
import { secretStore } from "../adapters/secret-store";
import { cachedSecrets } from "../adapters/secrets";
import type { SecretRef } from "../domain/secret-ref";
import { sourceRanges } from "../domain/source-ranges";
import { ingest } from "../domain/ingest";
import type { IngestPorts } from "../domain/ingest-ports";
import { verifyTokenOf, type Provider } from "../domain/provider";
import { toRequest, toResult } from "./http";

/** The configured providers. The bundler inserts them, since a function's environment holds no more than 4 KB. */
declare const PROVIDERS: readonly {
  readonly name: string;
  readonly scheme: ConfiguredScheme;
  /** Absent if the provider signs nothing. */
  readonly secret?: SecretRef;
  /** Whether the operator has allowed unsigned requests. */
  readonly allowUnsigned?: boolean;
  readonly learnsSecret?: boolean;
  readonly verifyToken?: SecretRef;
  readonly url?: string;
  readonly orderingKey?: string;
  readonly duplicates?: "body";
  readonly onlyAtItsPath?: boolean;
  readonly split?: boolean;
  readonly redact?: readonly string[];
  readonly allowedSourceRanges?: readonly string[];
}[];

function provider(configured: (typeof PROVIDERS)[number]): Provider {
  const { name, scheme: id, verifyToken, learnsSecret, url, orderingKey, allowUnsigned } = configured;
  const { duplicates, split, redact, allowedSourceRanges, onlyAtItsPath = false } = configured;
  const scheme = schemeOf(id);
  if (!scheme) throw new Error(`provider ${name} has the unknown scheme ${JSON.stringify(id)}`);
  if (coverage(scheme) === "unsigned" && !allowUnsigned) {
    throw new Error(`provider ${name} is unsigned, and that is not allowed`);
  }
  return {
    name,
    scheme,
    ...(url !== undefined && { url }),
    ...(orderingKey !== undefined && { orderingKey }),
    ...(duplicates !== undefined && { duplicates }),
    split: split ?? false,
    ...(redact && { redact }),
    ...(allowedSourceRanges && { sources: sourceRanges(allowedSourceRanges) }),
    hasVerifyToken: verifyToken !== undefined,
    learnsSecret: learnsSecret ?? false,
    onlyAtItsPath,
  };
}

const secretRefs = PROVIDERS.flatMap(({ name, secret, verifyToken }) => [
  ...(secret ? ([[name, secret]] as const) : []),
  ...(verifyToken ? ([[verifyTokenOf(name), verifyToken]] as const) : []),
]);
const store = secretStore();
const s3 = createS3();

const ports: IngestPorts = {
  providers: new Map(PROVIDERS.map((configured) => [configured.name, provider(configured)])),
  secrets: cachedSecrets(new Map(secretRefs), store.read, Date.now, log, store.write),
  keys: cachedKeys(fetchText, Date.now, log),
  visit,
  payloads: createPayloadStore(environment("BUCKET_NAME"), s3),
  records: createRecordStore(
    environment("TABLE_NAME"),
    createDynamoDB(),
    Number(environment("RECORD_RETENTION_DAYS")),
  ),
  queue: createQueueSender(environment("QUEUE_URL"), createSqs()),
  rejected: createQuarantine(environment("BUCKET_NAME"), s3, environment("QUARANTINE") === "true"),
  now: Date.now,
  log,
};

export const handler: APIGatewayProxyHandler = async (event) => {
  const answer = await ingest(toRequest(event), ports);
  return toResult(answer, event.requestContext.requestId);
};
