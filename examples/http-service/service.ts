import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";
import Stripe from "stripe";
import { dynamodb, once } from "webhook-inbox/consumer";

export interface Settings {
  /** Secret of the consumer, used instead of Stripe's. */
  readonly secret: string;
  readonly table: string;
  readonly client: DynamoDBClient;
}

/**
 * Returns a function that handles one of Stripe's webhooks as it would without an inbox, and returns the HTTP status:
 * 400 if Stripe's library does not accept the request, 200 once the payment is in the balance. If it throws, the server
 * answers 500 and the inbox calls again.
 */
export function createReceiver({ secret, table, client }: Settings) {
  // Verification needs no API key of Stripe.
  const stripe = new Stripe("sk_unused");
  const store = dynamodb(client, { table, ttlDays: 90 });
  return async (headers: IncomingHttpHeaders, body: Buffer): Promise<number> => {
    let event: Stripe.Event;
    try {
      event = stripe.webhooks.constructEvent(body, String(headers["stripe-signature"]), secret);
    } catch {
      return 400;
    }
    if (event.type !== "payment_intent.succeeded") return 200;
    const { id, amount } = event.data.object;
    // A request in Stripe's original form does not say whether it is a replay. A replay therefore counts as the same
    // event: nothing is paid twice.
    const identity = { source: "webhook.stripe", id: event.id, replay: 0 };
    const outcome = await once(store, identity, async (write) =>
      write({
        Update: {
          TableName: table,
          Key: { pk: { S: "balance" } },
          UpdateExpression: "SET lastPayment = :id ADD amount :amount",
          ExpressionAttributeValues: { ":id": { S: id }, ":amount": { N: String(amount) } },
        },
      }),
    );
    console.log(event.type, event.id, outcome);
    return 200;
  };
}

if (require.main === module) {
  const { STRIPE_WEBHOOK_SECRET = "", TABLE = "", PORT = "3000" } = process.env;
  const settings = { secret: STRIPE_WEBHOOK_SECRET, table: TABLE, client: new DynamoDBClient() };
  const receive = createReceiver(settings);
  createServer((request, response) => {
    buffer(request)
      .then((body) => receive(request.headers, body))
      .then(
        (status) => response.writeHead(status).end(),
        (error: unknown) => {
          console.error(error);
          response.writeHead(500).end();
        },
      );
  }).listen(Number(PORT));
}
