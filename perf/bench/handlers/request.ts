import type { APIGatewayProxyEvent } from "aws-lambda";
import { schemes, sign } from "../../../providers";

/** The functions' providers, and the secret that the doubles return for them. */
export const PROVIDERS = [{ name: "stripe", scheme: "stripe", secret: { ssm: "/inbox/stripe" } }];
export const SECRET = "secret";

/** Bytes of a webhook's payload, as in the cost model. */
export const PAYLOAD_BYTES = 5 * 1024;

/**
 * Returns a signed webhook as API Gateway passes it to the function.
 * @param bytes size of its payload, at least {@link LEAST_PAYLOAD_BYTES}
 */
export function apiEvent(id: string, bytes = PAYLOAD_BYTES): APIGatewayProxyEvent {
  const scheme = schemes["stripe"];
  if (!scheme) throw new Error("the scheme stripe is missing");
  const body = Buffer.from(invoice(id, bytes));
  const headers = sign(scheme, { body, secret: SECRET, now: Date.now() });
  const event = {
    resource: "/webhook/stripe",
    httpMethod: "POST",
    multiValueHeaders: Object.fromEntries(
      Object.entries({ "content-type": "application/json", ...headers }).map(([name, value]) => [
        name,
        [value],
      ]),
    ),
    body: body.toString("base64"),
    isBase64Encoded: true,
    requestContext: { requestId: id, identity: { sourceIp: "203.0.113.7" } },
  };
  return event as unknown as APIGatewayProxyEvent;
}

/** Bytes of an invoice without lines. */
export const LEAST_PAYLOAD_BYTES = 256;

/** Returns an invoice: in ordinary JSON one byte in seven is a quote, which takes four bytes in a log line. */
function invoice(id: string, bytes: number): string {
  const lines: object[] = [];
  const text = (note: string) =>
    JSON.stringify({
      id,
      object: "event",
      type: "invoice.paid",
      created: 1_767_225_600,
      data: { object: { number: numberOf(id), currency: "eur", lines, note } },
    });
  let length = text("").length;
  for (let line = 0; length + LINE_BYTES < bytes; line += 1) {
    lines.push({
      id: `il_${line}`,
      amount: 1_200 + line,
      quantity: 1,
      price: { id: "price_basic", unit: 1_200 },
    });
    length += JSON.stringify(lines.at(-1)).length + 1;
  }
  return text("-".repeat(bytes - text("").length));
}

/** Upper bound for the bytes of one line of an invoice. */
const LINE_BYTES = 110;

/** Returns a text that is in this webhook's payload and nowhere else. */
export function numberOf(id: string): string {
  return `INV_${id}`;
}

/** Environment variables that the deployment gives to the function. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_SESSION_TOKEN: "bench",
  TABLE_NAME: "webhooks",
  BUCKET_NAME: "raw",
  QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/123456789012/webhooks.fifo",
  RECORD_RETENTION_DAYS: "90",
  QUARANTINE: "true",
  DLQ_URL: "https://sqs.us-east-1.amazonaws.com/123456789012/webhooks-dlq.fifo",
  STATE_MACHINE_ARN: "arn:aws:states:us-east-1:123456789012:stateMachine:workflow",
  MAX_RECEIVE_COUNT: "3",
  RECOVER_FUNCTION_NAME: "recover",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};
