import { en } from "zod/locales";
import * as z from "zod/mini";

/**
 * A webhook as a CloudEvent, on the bus and in a consumer's queue. Exactly one of `data`, `data_base64` and `dataref` is
 * there; `payloadOf` reads all three.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export interface WebhookEvent {
  readonly specversion: "1.0";
  /** The provider's event id, or a hash if it has none. Unique together with `source` and `replay`. */
  readonly id: string;
  /** `webhook.<provider>`. */
  readonly source: string;
  /** The provider's event type, such as `invoice.paid`, cut to 128 characters. */
  readonly type: string;
  /** `type` with `%`, quotes, backslashes, `<`, tabs and line breaks percent-encoded, for EventBridge's input transformers. */
  readonly encodedtype?: string | undefined;
  /** When it happened by the provider's clock, RFC 3339; absent if the provider does not say. */
  readonly time?: string | undefined;
  /** Media type of `data` and of what `data_base64` and `dataref` stand for. */
  readonly datacontenttype: string;
  /** Configured name of the provider. */
  readonly provider: string;
  /** When the inbox received it, RFC 3339. */
  readonly receivedat: string;
  /** 0 for the provider's webhook, n for its n-th deliberate replay. */
  readonly replay: number;
  /** Decimal digits that ascend within a message group; too many digits for a JavaScript number. See `newerThan`. */
  readonly sequence: string;
  /** Whether the event is older, by the provider's clock, than an event before it in its group; absent if it is not. */
  readonly outoforder?: boolean | undefined;
  /**
   * `reconciliation` if the event was read from the provider's API because its webhook had not arrived: no signature
   * covers it then.
   */
  readonly receivedvia?: string | undefined;
  /** The payload as a JSON value. Numbers of more than 16 digits are rounded, as always in JavaScript. */
  readonly data?: unknown;
  /** A payload that is not JSON, in base64. */
  readonly data_base64?: string | undefined;
  /** Address of a payload that is too large for an event: `s3://<bucket>/<key>`. */
  readonly dataref?: string | undefined;
}

/** Attributes for the payload; each event has exactly one, which contains it or says where it is. */
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

/**
 * Thrown if a message contains no event of an inbox; the error's message says which attribute is wrong, and contains no
 * value.
 */
export class InvalidEventError extends Error {
  override readonly name = "InvalidEventError";
}

/**
 * Returns the event in anything that a consumer receives: a message of its queue, as Lambda (`body`) or the SDK
 * (`Body`) has it, an event of EventBridge, also as a rule puts it into a queue, the event itself, or its JSON text.
 * Checks no signature: use `verifyDelivery` for an HTTP request.
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

/** Removes what SQS and EventBridge add around an event. */
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
