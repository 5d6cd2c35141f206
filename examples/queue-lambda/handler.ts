import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { dynamodb, once, payloadOf, sqsHandler } from "webhook-inbox/consumer";

/** Fields of Stripe's payload that the handler reads. */
interface Payment {
  readonly data: { readonly object: { readonly id: string; readonly amount: number } };
}

const { TABLE = "" } = process.env;
const s3 = new S3Client();
const store = dynamodb(new DynamoDBClient(), { table: TABLE, ttlDays: 90 });

/** Adds each payment to the balance, once, in the order of the events. */
export const handler = sqsHandler(async (event) => {
  const { data } = (await payloadOf(event, { s3 })) as Payment;
  const outcome = await once(store, event, async (write) =>
    write({
      Update: {
        TableName: TABLE,
        Key: { pk: { S: "balance" } },
        UpdateExpression: "SET lastPayment = :id ADD amount :amount",
        ExpressionAttributeValues: {
          ":id": { S: data.object.id },
          ":amount": { N: String(data.object.amount) },
        },
      },
    }),
  );
  console.log(event.type, event.id, outcome);
});
