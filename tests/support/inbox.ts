import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  type PutTargetsCommandInput,
} from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from "@aws-sdk/client-sqs";
import type { ProviderArgs } from "../../config/arguments";
import { parse } from "../../consumer";
import { startLocalStack, type LocalStackOptions } from "../../local/stack";
import { connectLocal } from "../../inbox/connect";
import { queueDepth } from "../../inbox/queue";
import { RawPayloads } from "../../inbox/payloads";
import { fromItem, toItem, toValues } from "../../functions/adapters/record-item";
import type { StoredRecord } from "../../functions/domain/record";
import { recordKey } from "../../functions/domain/webhook";
import { schemeOf, signMessage, withQuery } from "../../providers";
import { until } from "./until";

/** Returns the arguments of a provider whose secret is where the local stack puts it. */
export function aProvider(
  name: string,
  scheme: ProviderArgs["scheme"],
  more: Partial<ProviderArgs> = {},
): ProviderArgs {
  return { name, scheme, secret: { ssm: `/webhook-inbox/local/${name}` }, ...more };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** An event as EventBridge delivers it to a rule's target. */
export interface BusEvent {
  readonly source: string;
  readonly "detail-type": string;
  readonly resources: readonly string[];
  readonly detail: { readonly id: string; readonly type: string; readonly data?: unknown } & Record<
    string,
    unknown
  >;
}

export interface SendOptions {
  /** Event id and type, for schemes that carry them in headers. */
  readonly id?: string;
  readonly type?: string;
  /** Time of signing, in milliseconds since the epoch. */
  readonly now?: number;
  readonly secret?: string;
  /** Changes the request after signing. */
  readonly tamper?: (request: { headers: Record<string, string>; body: Buffer }) => void;
  /** Whether to use `POST /webhook`, with the provider in a header instead of the path. */
  readonly byHeader?: boolean;
}

export type Inbox = Awaited<ReturnType<typeof startInbox>>;

/** Starts the whole product on its own emulator, with functions to send webhooks and to read and await the results. */
export async function startInbox(options: LocalStackOptions = {}) {
  const stack = await startLocalStack(options);
  const { outputs } = stack;
  const config = stack.emulator.client;
  const dynamodb = new DynamoDBClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sqs = new SQSClient(config);
  const iam = new IAMClient(config);
  const events = await tapBus(outputs.eventbridge_bus_arn, new EventBridgeClient(config), sqs);
  const schemeNamed = (provider: string) => schemeOf(stack.providers[provider]?.scheme);

  async function post(path: string, headers: Record<string, string>, body: Buffer | string): Promise<Reply> {
    return call(path, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body });
  }

  async function call(path: string, init: RequestInit): Promise<Reply> {
    const response = await fetch(`${outputs.api_endpoint}${path}`, init);
    const text = await response.text();
    let json: Record<string, unknown> = {};
    try {
      json = JSON.parse(text) as Record<string, unknown>;
    } catch {
      // Not every answer is JSON: a handshake's is a text.
    }
    return { status: response.status, headers: response.headers, text, json };
  }

  async function item(provider: string, key: string) {
    const Key = toItem({ pk: recordKey(provider, key) });
    const TableName = outputs.dynamodb_table_name;
    return (await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
  }

  /** Returns the key of a webhook's record by its event id; the id itself if there is no record yet. */
  async function keyOf(provider: string, id: string): Promise<string> {
    if (await item(provider, id)) return id;
    const [key] = await new RawPayloads(connectLocal(stack)).keysOf(
      provider,
      id,
      AbortSignal.timeout(10_000),
    );
    return key ?? id;
  }

  return {
    stack,
    iam,
    post,
    call,
    events,

    /** Signs a payload as the provider would, and posts it. */
    async send(provider: string, payload: unknown, options: SendOptions = {}): Promise<Reply> {
      const scheme = schemeNamed(provider);
      if (!scheme) throw new Error(`no provider ${provider} in this stack`);
      const body = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
      const { signedUrl: url } = stack.providers[provider] ?? {};
      const { headers, ...signed } = signMessage(scheme, {
        body,
        secret: options.secret ?? stack.providers[provider]?.secret ?? "",
        now: options.now ?? Date.now(),
        ...(url !== undefined && { url }),
        ...(options.id !== undefined && { id: options.id }),
        ...(options.type !== undefined && { type: options.type }),
      });
      const request = { headers, body: signed.body };
      options.tamper?.(request);
      if (!options.byHeader)
        return post(withQuery(`/${provider}`, signed.query), request.headers, request.body);
      return post("", { "x-webhook-provider": provider, ...request.headers }, request.body);
    },

    /** Returns the record of a webhook, by its key or its event id. */
    async record(provider: string, id: string): Promise<Partial<StoredRecord> | undefined> {
      const Item = await item(provider, await keyOf(provider, id));
      return Item && fromItem(Item);
    },

    keyOf,

    /** Writes a record as if its webhook had been received long ago, beyond what SQS remembers. */
    async putRecord(provider: string, id: string, fields: Partial<StoredRecord>): Promise<void> {
      await dynamodb.send(
        new PutItemCommand({
          TableName: outputs.dynamodb_table_name,
          Item: toItem({ pk: recordKey(provider, id), ...fields }),
        }),
      );
    },

    /**
     * Sets the time of receipt in a webhook's record to ten minutes ago, since erasing waits for webhooks that have
     * just arrived.
     * @param by client that writes it, for tests that record calls
     */
    async age(provider: string, id: string, by: DynamoDBClient = dynamodb): Promise<void> {
      const receivedAt = new Date(Date.now() - 600_000).toISOString();
      await by.send(
        new UpdateItemCommand({
          TableName: outputs.dynamodb_table_name,
          Key: toItem({ pk: recordKey(provider, await keyOf(provider, id)) }),
          UpdateExpression: "SET receivedAt = :at, lastReceivedAt = :at",
          ExpressionAttributeValues: toValues({ ":at": receivedAt }),
        }),
      );
    },

    /** Counts the records of webhooks, without the items of groups. */
    async recordCount(): Promise<number> {
      const { Count } = await dynamodb.send(
        new ScanCommand({
          TableName: outputs.dynamodb_table_name,
          Select: "COUNT",
          ConsistentRead: true,
          FilterExpression: "attribute_exists(eventId)",
        }),
      );
      return Count ?? 0;
    },

    /** Counts the payloads of webhooks, without the rejected requests beside them. */
    async payloadCount(): Promise<number> {
      const { KeyCount } = await s3.send(
        new ListObjectsV2Command({ Bucket: outputs.s3_bucket_name, Prefix: "raw/" }),
      );
      return KeyCount ?? 0;
    },

    async payload(key: string): Promise<Buffer> {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs.s3_bucket_name, Key: key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },

    /** Deletes a payload, as S3 does when it expires. */
    async deletePayload(key: string): Promise<void> {
      await s3.send(new DeleteObjectCommand({ Bucket: outputs.s3_bucket_name, Key: key }));
    },

    /** Counts the messages in the queue, including those in flight. */
    queued: () => depth(outputs.sqs_queue_url, sqs),

    /** Waits until the queue is empty: what was accepted is processed. */
    emptied: (timeoutMs?: number) =>
      until("an empty queue", async () => (await depth(outputs.sqs_queue_url, sqs)) === 0, timeoutMs),

    /** Counts the messages in the dead-letter queue, including those in flight. */
    deadLetterCount: () => depth(outputs.dlq_url, sqs),

    /**
     * Receives all messages of the dead-letter queue, including those that the recovery hides for seconds while it
     * reads them.
     */
    async deadLetters(): Promise<Message[]> {
      const deadLetters: Message[] = [];
      await until(
        "the dead letters to be shown",
        async () => {
          deadLetters.push(...(await drainQueue(outputs.dlq_url, sqs)));
          return (await depth(outputs.dlq_url, sqs)) === 0;
        },
        40_000,
      );
      return deadLetters;
    },

    close: () => stack.stop(),
  };
}

/**
 * Adds a FIFO queue behind a rule of the bus, which gets every event, as often and in the order in which it was
 * published.
 */
async function tapBus(busArn: string, bridge: EventBridgeClient, sqs: SQSClient) {
  const EventBusName = busArn.split("/").at(-1) ?? "";
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({
      QueueName: "test-tap.fifo",
      Attributes: { FifoQueue: "true", ContentBasedDeduplication: "true" },
    }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  await bridge.send(
    new PutRuleCommand({
      Name: "test-tap",
      EventBusName,
      EventPattern: JSON.stringify({ source: [{ prefix: "webhook." }] }),
    }),
  );
  const target: PutTargetsCommandInput = {
    Rule: "test-tap",
    EventBusName,
    Targets: [{ Id: "tap", Arn: Attributes?.["QueueArn"], SqsParameters: { MessageGroupId: "all" } }],
  };
  await bridge.send(new PutTargetsCommand(target));

  const seen: BusEvent[] = [];
  const texts: string[] = [];
  const collect = async (): Promise<readonly BusEvent[]> => {
    for (const { Body = "{}" } of await drainQueue(QueueUrl ?? "", sqs)) {
      texts.push(Body);
      const event = parseEvent(Body);
      // Check each event of each test against the schema for consumers.
      parse(event);
      seen.push(event);
    }
    return seen;
  };
  return {
    /** Returns all events so far, in order. */
    all: collect,
    /** Returns all events with the text that the target received: a parsed number has no more than 16 digits. */
    allTexts: async () =>
      (await collect()).map((event, index): [BusEvent, string] => [event, texts[index] ?? ""]),
    /** Returns all events with this id so far. */
    of: async (id: string) => (await collect()).filter(({ detail }) => detail.id === id),
    /** Waits for the first event with this id and returns it. */
    next: (id: string, timeoutMs?: number) =>
      until(
        `the event ${id} on the bus`,
        async () => (await collect()).find(({ detail }) => detail.id === id),
        timeoutMs,
      ),
  };
}

/**
 * Parses an event. MiniStack writes a number too large for a double as `Infinity`, which is not JSON; AWS keeps its
 * text.
 */
function parseEvent(text: string): BusEvent {
  try {
    return JSON.parse(text) as BusEvent;
  } catch {
    return JSON.parse(text.replace(/(?<=[:[,]\s*-?)Infinity(?=\s*[,\]}])/g, "1e400")) as BusEvent;
  }
}

async function depth(queueUrl: string, sqs: SQSClient): Promise<number> {
  const { waiting, inFlight } = await queueDepth(queueUrl, sqs);
  return waiting + inFlight;
}

export async function drainQueue(queueUrl: string, sqs: SQSClient): Promise<Message[]> {
  const messages: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    );
    if (Messages.length === 0) return messages;
    for (const message of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
    messages.push(...Messages);
  }
}
