/** Stands in for functions/adapters/clients.ts: real clients that sign and serialise, and answers at once. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";

const requestHandler = {
  handle: ({ headers }: { headers: Record<string, string> }) =>
    Promise.resolve({
      response: {
        statusCode: 200,
        headers: {},
        // S3 answers with nothing, the others with JSON.
        body: Buffer.from(headers["x-amz-target"] === undefined ? "" : "{}"),
      },
    }),
};

export const createS3 = () => new S3Client({ requestHandler });
export const createDynamoDB = () => new DynamoDBClient({ requestHandler });
// The stub cannot know the hash that the SDK compares.
export const createSqs = () => new SQSClient({ requestHandler, md5: false });
export const createStepFunctions = () => new SFNClient({ requestHandler });
