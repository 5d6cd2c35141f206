import type {
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  DeleteItemCommandInput,
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  QueryCommandInput,
  QueryCommandOutput,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import type {
  ChangeMessageVisibilityCommandInput,
  DeleteMessageCommandInput,
  GetQueueAttributesCommandInput,
  GetQueueAttributesCommandOutput,
  ReceiveMessageCommandInput,
  ReceiveMessageCommandOutput,
  SendMessageCommandInput,
  SendMessageCommandOutput,
} from "@aws-sdk/client-sqs";
import { extendedEncodeURIComponent } from "@smithy/core/protocols";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { CallLimit } from "../domain/group-ports";
import { jsonOperation, signedCalls, type CallOptions } from "./signed-calls";

/*
 * Operations that the adapters call, with the signatures of the SDK's clients `S3`, `DynamoDB` and `SQS`. These clients
 * work too, with a person's credentials (inbox/connect.ts); the functions use requests that are signed by hand.
 */

type Operation<Input, Output = unknown> = (input: Input, options?: CallOptions) => Promise<Output>;

export interface S3 {
  readonly putObject: Operation<{
    readonly Bucket: string;
    readonly Key: string;
    readonly Body: string | Buffer;
    /** @default application/octet-stream */
    readonly ContentType?: string;
    readonly ContentEncoding?: string;
    readonly Metadata?: Record<string, string>;
  }>;
  readonly deleteObject: Operation<{ readonly Bucket: string; readonly Key: string }>;
}

export interface DynamoDB {
  readonly updateItem: Operation<UpdateItemCommandInput, Pick<UpdateItemCommandOutput, "Attributes">>;
}

/** Read operations on the table for reconciliation. */
export interface RecordReader {
  readonly batchGetItem: Operation<
    BatchGetItemCommandInput,
    Pick<BatchGetItemCommandOutput, "Responses" | "UnprocessedKeys">
  >;
  readonly query: Operation<QueryCommandInput, Pick<QueryCommandOutput, "Items" | "LastEvaluatedKey">>;
}

/** Operations on the table for pauses. */
export interface Items extends DynamoDB {
  readonly getItem: Operation<GetItemCommandInput, Pick<GetItemCommandOutput, "Item">>;
  readonly putItem: Operation<PutItemCommandInput>;
  readonly deleteItem: Operation<DeleteItemCommandInput>;
  readonly query: Operation<QueryCommandInput, Pick<QueryCommandOutput, "Items">>;
}

export interface Sqs {
  readonly sendMessage: Operation<SendMessageCommandInput>;
  readonly changeMessageVisibility: Operation<ChangeMessageVisibilityCommandInput>;
  readonly getQueueAttributes: Operation<
    GetQueueAttributesCommandInput,
    Pick<GetQueueAttributesCommandOutput, "Attributes">
  >;
  readonly receiveMessage: Operation<
    ReceiveMessageCommandInput,
    Pick<ReceiveMessageCommandOutput, "Messages">
  >;
  readonly deleteMessage: Operation<DeleteMessageCommandInput>;
}

/** Default time limit of a call, in milliseconds: three attempts of 2.5 s. */
const CALL_TIMEOUT_MS = 7_500;

/** Returns the options of a call, or of several together, that ends within a limit. */
export const within = (limit?: CallLimit) => ({
  abortSignal: AbortSignal.timeout(limit?.timeoutMs ?? CALL_TIMEOUT_MS),
});

/**
 * Returns S3 operations that send a checksum with each object, as the SDK does: S3 stores it, and clients that read the
 * object verify it.
 */
export function createS3(): S3 {
  const call = signedCalls();
  const path = (key: string) => `/${key.split("/").map(extendedEncodeURIComponent).join("/")}`;
  return {
    putObject: ({ Bucket, Key, Body, ContentType, ContentEncoding, Metadata = {} }, options) => {
      const checksum = Buffer.alloc(4);
      checksum.writeUInt32BE(crc32(Body));
      const metadata = Object.entries(Metadata).map(
        ([name, value]) => [`x-amz-meta-${name}`, value] as const,
      );
      return call("s3", path(Key), {
        method: "PUT",
        bucket: Bucket,
        query: { "x-id": "PutObject" },
        headers: {
          "content-type": ContentType ?? "application/octet-stream",
          ...(ContentEncoding !== undefined && { "content-encoding": ContentEncoding }),
          ...Object.fromEntries(metadata),
          "x-amz-sdk-checksum-algorithm": "CRC32",
          "x-amz-checksum-crc32": checksum.toString("base64"),
        },
        body: Body,
        ...options,
      });
    },
    deleteObject: ({ Bucket, Key }, options) =>
      call("s3", path(Key), {
        method: "DELETE",
        bucket: Bucket,
        query: { "x-id": "DeleteObject" },
        ...options,
      }),
  };
}

export function createDynamoDB(): DynamoDB {
  return { updateItem: jsonOperation(signedCalls(), "dynamodb", "DynamoDB_20120810.UpdateItem") };
}

export function createRecordReader(): RecordReader {
  const call = signedCalls();
  return {
    batchGetItem: jsonOperation(call, "dynamodb", "DynamoDB_20120810.BatchGetItem"),
    query: jsonOperation(call, "dynamodb", "DynamoDB_20120810.Query"),
  };
}

export function createItems(): Items {
  const call = signedCalls();
  const operation = <Input, Output>(name: string) =>
    jsonOperation<Input, Output>(call, "dynamodb", `DynamoDB_20120810.${name}`);
  return {
    updateItem: operation("UpdateItem"),
    getItem: operation("GetItem"),
    putItem: operation("PutItem"),
    deleteItem: operation("DeleteItem"),
    query: operation("Query"),
  };
}

/** Returns SQS operations that verify the hash of each message body, as the SDK does. */
export function createSqs(): Sqs {
  const call = signedCalls();
  const operation = <Input, Output>(name: string) =>
    jsonOperation<Input, Output>(call, "sqs", `AmazonSQS.${name}`);
  const send = operation<SendMessageCommandInput, SendMessageCommandOutput>("SendMessage");
  const receive = operation<ReceiveMessageCommandInput, ReceiveMessageCommandOutput>("ReceiveMessage");
  return {
    async sendMessage(input, options) {
      const answer = await send(input, options);
      assertHash(input.MessageBody, answer.MD5OfMessageBody);
      return answer;
    },
    async receiveMessage(input, options) {
      const answer = await receive(input, options);
      for (const { Body, MD5OfBody } of answer.Messages ?? []) assertHash(Body, MD5OfBody);
      return answer;
    },
    changeMessageVisibility: operation("ChangeMessageVisibility"),
    getQueueAttributes: operation("GetQueueAttributes"),
    deleteMessage: operation("DeleteMessage"),
  };
}

/** Verifies the hash that SQS returned for a message body. @throws if it is the hash of another body */
function assertHash(body = "", md5: string | undefined): void {
  if (createHash("md5").update(body).digest("hex") !== md5)
    throw new Error("SQS hashed another message body");
}

/** Options to wait for a whole execution and never retry it: a name does not make Express executions idempotent. */
const workflowCalls = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 22_000, throwOnRequestTimeout: true },
} as const;

export const createStepFunctions = () =>
  new SFNClient({ ...workflowCalls, disableHostPrefix: process.env["AWS_ENDPOINT_URL"] !== undefined });

/** Returns AWS's own client; its size delays no webhook, since no function reads objects while a provider waits. */
export const createS3Reader = () =>
  new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true },
    forcePathStyle: process.env["AWS_ENDPOINT_URL"] !== undefined,
  });
