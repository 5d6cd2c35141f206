import type { SQSHandler, SQSRecord } from "aws-lambda";
import { schemeOf, type ConfiguredScheme } from "../../providers";
import { disableMappings } from "../adapters/breaker";
import { createS3Reader, createSqs } from "../adapters/clients";
import { consumerCall } from "../adapters/consumer-call";
import { createDeliveryStore, createRate } from "../adapters/deliveries";
import { environment } from "../adapters/environment";
import { log } from "../adapters/log";
import { decodeAttributes } from "../adapters/message-attributes";
import { createDeadLetterSender, createQueueReceiver } from "../adapters/queue";
import { secretStore } from "../adapters/secret-store";
import { cachedSecrets } from "../adapters/secrets";
import { signedCalls } from "../adapters/signed-calls";
import { storedPayloads } from "../adapters/stored-payloads";
import type { ConsumerMessage } from "../domain/consumer-message";
import { requestTo, STANDARD_WEBHOOKS, type HttpRecipient } from "../domain/consumer-request";
import { deliver, type HttpConsumer } from "../domain/deliver";
import type { DeliverPorts } from "../domain/deliver-ports";
import type { SecretRef } from "../domain/secret-ref";

/** The consumer. The bundler inserts it, since a function's environment holds no more than 4 KB. */
declare const CONSUMER: HttpConsumer &
  HttpRecipient & {
    readonly secret: SecretRef;
    /** Milliseconds within which the consumer must answer. */
    readonly timeoutMs: number;
    /** Maximum number of calls in one second. */
    readonly rate?: number;
    /** Schemes of the configured providers, by their names. */
    readonly schemes: Readonly<Record<string, ConfiguredScheme>>;
  };

const SECONDS_PER_DAY = 86_400;

const { name: consumer, rate: perSecond } = CONSUMER;
const call = signedCalls();
const sqs = createSqs();
const tableName = environment("TABLE_NAME");
const keptSeconds = Number(environment("RECORD_RETENTION_DAYS")) * SECONDS_PER_DAY;
const secrets = cachedSecrets(new Map([[consumer, CONSUMER.secret]]), secretStore().read, Date.now, log);
const source = {
  payloads: storedPayloads(environment("BUCKET_NAME"), createS3Reader()),
  schemeOf: (provider: string) => schemeOf(CONSUMER.schemes[provider]),
  standardWebhooks: schemeOf(STANDARD_WEBHOOKS),
};
const queue = createQueueReceiver(environment("QUEUE_URL"), sqs);

const ports: DeliverPorts = {
  deliveries: createDeliveryStore({ tableName, consumer, keptSeconds }, call),
  rate: createRate({ tableName, consumer, perSecond }, call, Date.now),
  async request(message) {
    const [secret = ""] = await secrets.get(consumer);
    return requestTo(CONSUMER, message, { secret, now: Date.now() }, source);
  },
  post: consumerCall({
    timeoutMs: CONSUMER.timeoutMs,
    // Allow loopback addresses on the local AWS, where consumers run on this machine.
    allowLoopback: process.env["AWS_ENDPOINT_URL"] !== undefined,
  }),
  queue: { retryAfter: (message, seconds) => queue.retryAfter([message], seconds) },
  deadLetters: createDeadLetterSender(environment("DLQ_URL"), sqs),
  async pause(reason) {
    await disableMappings(environment("AWS_LAMBDA_FUNCTION_NAME"), call);
    log({ event: "consumer.paused", consumer, reason });
  },
  now: Date.now,
  random: Math.random,
  log,
};

function consumerMessage({
  messageId,
  receiptHandle,
  body,
  attributes,
  messageAttributes,
}: SQSRecord): ConsumerMessage {
  const { recordKey = "", s3Key = "" } = decodeAttributes(messageAttributes);
  return {
    ...{ messageId, receiptHandle, body },
    group: attributes.MessageGroupId ?? "",
    deduplicationId: attributes.MessageDeduplicationId ?? messageId,
    receiveCount: Number(attributes.ApproximateReceiveCount),
    sentAt: Number(attributes.SentTimestamp),
    ...{ recordKey, s3Key },
  };
}

/**
 * Delivers messages to the consumer. The event source mapping passes one at a time, so that a slow group delays no
 * other.
 */
export const handler: SQSHandler = async ({ Records }) => {
  const batchItemFailures = [];
  for (const record of Records)
    if (batchItemFailures.length > 0 || !(await deliver(consumerMessage(record), CONSUMER, ports)))
      batchItemFailures.push({ itemIdentifier: record.messageId });
  return { batchItemFailures };
};
