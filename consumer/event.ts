import { en } from "zod/locales";
import * as z from "zod/mini";

/**
 * A webhook as a CloudEvent, on the bus and in a consumer's queue. Exactly one of `data`, `data_base64` and `dataref` is
 * there; `payloadOf` reads all three.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export interface WebhookEvent {
  readonly specversion: "1.0";
  /** The provider's event id, or a hash where it has none. Unique together with `source` and `replay`. */
  readonly id: string;
  /** `webhook.<provider>`. */
  readonly source: string;
  /** The provider's event type, such as `invoice.paid`, cut to 128 characters. */
  readonly type: string;
  /** `type` with `%`, quotes, backslashes, `<`, tabs and line breaks percent-encoded, for EventBridge's input transformers. */
  readonly encodedtype?: string | undefined;
  /** When it happened by the provider's clock, RFC 3339; absent where the provider does not say. */
  readonly time?: string | undefined;
  /** Media type of `data` and of what `data_base64` and `dataref` stand for. */
  readonly datacontenttype: string;
  /** Configured name of the provider. */
  readonly provider: string;
  /** When the inbox received it, RFC 3339. */
  readonly receivedat: string;
  /** 0 for what the provider sent, n for the n-th deliberate replay of it. */
  readonly replay: number;
  /** Decimal digits that ascend within a message group; too many for a JavaScript number. See `newerThan`. */
  readonly sequence: string;
  /** Set if it is older, by the provider's clock, than an event before it in its group. */
  readonly outoforder?: boolean | undefined;
  /** `reconciliation` if the provider's API gave it after its webhook had not arrived; no signature covers it then. */
  readonly receivedvia?: string | undefined;
  /** The payload as a JSON value. Numbers of more than 16 digits are rounded, as always in JavaScript. */
  readonly data?: unknown;
  /** A payload that is not JSON, in base64. */
  readonly data_base64?: string | undefined;
  /** Address of a payload that is too large for an event: `s3://<bucket>/<key>`. */
  readonly dataref?: string | undefined;
}

/** Attributes of which one holds the payload, or says where it is. */
export const PAYLOADS = ["data", "data_base64", "dataref"] as const;

const text = z.string().check(z.minLength(1));
const time = z.iso.datetime({ offset: true });

/** Schema of {@link WebhookEvent}; attributes that it does not know are kept. */
export const eventSchema: z.ZodMiniType<WebhookEvent> = z
  .looseObject({
    specversion: z.literal("1.0"),
    id: text,
    source: text,
    type: text,
    encodedtype: z.optional(text),
    time: z.optional(time),
    datacontenttype: text,
    provider: text,
    receivedat: time,
    replay: z.int().check(z.minimum(0)),
    sequence: z.string().check(z.regex(/^\d+$/)),
    outoforder: z.optional(z.boolean()),
    receivedvia: z.optional(text),
    data: z.optional(z.unknown()),
    data_base64: z.optional(z.base64()),
    dataref: z.optional(z.string().check(z.regex(/^s3:\/\/[^/]+\/.+$/))),
  })
  .check(
    z.refine(
      (event) => PAYLOADS.filter((name) => event[name] !== undefined).length === 1,
      `allowed is exactly one of ${PAYLOADS.join(", ")}`,
    ),
  );

/** Says that a message holds no event of an inbox; its message says which attribute is wrong, and holds no value. */
export class InvalidEventError extends Error {
  override readonly name = "InvalidEventError";
}

/**
 * Reads the event out of what a consumer receives: a message of its queue, as Lambda (`body`) or the SDK (`Body`) has it,
 * an event of EventBridge, also as a rule puts it into a queue, the event itself, or its JSON text. It checks no
 * signature: an HTTP request goes through `verifyDelivery`.
 * @throws InvalidEventError
 */
export function parse(received: unknown): WebhookEvent {
  const result = z.safeParse(eventSchema, unwrapped(received), { error: en().localeError });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean));
  throw new InvalidEventError(
    `no event of a webhook inbox: ${problems.map((parts) => parts.join(": ")).join("; ")}`,
  );
}

/** Takes off what SQS and EventBridge put around an event. */
function unwrapped(received: unknown): unknown {
  if (typeof received === "string") return unwrapped(json(received));
  const { messageId, body, MessageId, Body, detail } = Object(received) as Record<string, unknown>;
  if (messageId !== undefined && typeof body === "string") return unwrapped(json(body));
  if (MessageId !== undefined && typeof Body === "string") return unwrapped(json(Body));
  return detail !== undefined && Object.hasOwn(received as object, "detail-type") ? detail : received;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidEventError("no event of a webhook inbox: the text is not JSON");
  }
}
