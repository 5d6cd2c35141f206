import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { schemes, verify } from "../../../providers";
import { SECRET } from "./request";

/**
 * The plain handler, to which the real one is compared: written as one would first, it verifies, then makes one call
 * after the other.
 */
const s3 = new S3Client({ forcePathStyle: true });
const dynamodb = new DynamoDBClient({});
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

export async function handler(event: APIGatewayProxyEvent): Promise<{ statusCode: number }> {
  const body = Buffer.from(event.body ?? "", "base64");
  const headers = Object.fromEntries(
    Object.entries(event.multiValueHeaders).map(([name, values]) => [name.toLowerCase(), values ?? []]),
  );
  const scheme = schemes["stripe"];
  if (!scheme) throw new Error("the scheme stripe is missing");
  const verdict = verify(scheme, { method: "POST", headers, body }, [SECRET], Date.now());
  if (!verdict.ok) return { statusCode: 401 };
  const { id } = JSON.parse(body.toString()) as { id: string };
  await s3.send(new PutObjectCommand({ Bucket: "raw", Key: `raw/stripe/${id}`, Body: body }));
  await dynamodb.send(
    new PutItemCommand({
      TableName: "webhooks",
      Item: { pk: { S: `stripe#${id}` }, status: { S: "received" } },
      ConditionExpression: "attribute_not_exists(pk)",
    }),
  );
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/webhooks.fifo",
      MessageBody: body.toString(),
      MessageGroupId: "stripe",
      MessageDeduplicationId: id,
    }),
  );
  return { statusCode: 202 };
}
