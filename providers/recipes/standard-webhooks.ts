import type { KeyFormat, Scheme } from "../engine/scheme";
import type { Otherwise } from "../engine/event-locations";
import { body, header } from "../engine/references";
import { NOON, type Sample } from "../engine/sender";
import { defineScheme, type Entry } from "./define-scheme";
import type { EventFacts } from "./event-entry";

const WHSEC: KeyFormat = { encoding: "base64", stripPrefix: "whsec_" };

const EVERY_REQUEST_HAS_THE_ID: Otherwise = {
  by: "body-and-time",
  because: "Every request that is signed has the id.",
};

interface Standard extends Omit<Entry, "otherwise"> {
  readonly prefixes: readonly string[];
  readonly key?: KeyFormat;
}

/**
 * Returns the parts of a scheme that signs `{id}.{timestamp}.{body}`, with the three headers under one or more
 * prefixes.
 *
 * An id may contain full stops, as in the official libraries. That does not allow another reading of the same signed
 * bytes: between two stops there must be a time within the window, and the remaining body would begin with digits and a
 * full stop, as no JSON document but a bare number does.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
function standard({ prefixes, event, ...entry }: Omit<Standard, "key">, signature: string) {
  const named = (part: string): readonly string[] => prefixes.map((prefix) => `${prefix}-${part}`);
  const id = header(...named("id"));
  const timestamp = header(...named("timestamp"));
  // Read the time from the body: the header's timestamp is the attempt's. The id is signed, and the same for every
  // attempt.
  const facts: EventFacts = { id, type: "type", time: "timestamp", ...event };
  return {
    entry: { ...entry, event: facts, otherwise: EVERY_REQUEST_HAS_THE_ID },
    signed: {
      signature: {
        headers: named("signature"),
        value: { form: "list", separator: " ", pair: ",", signature },
        encoding: "base64",
      },
      timestamp: { at: timestamp, unit: "s", window: 300 },
      content: [id, ".", timestamp, ".", body],
    },
  } as const;
}

/** Returns a scheme with the keyed signatures of Standard Webhooks (v1). */
export function standardWebhooks({ key = WHSEC, ...of }: Standard): Scheme {
  const { entry, signed } = standard(of, "v1");
  return defineScheme({ ...entry, verify: { kind: "hmac", hash: "sha256", key, ...signed } });
}

/**
 * Returns a scheme with the asymmetric signatures of Standard Webhooks (v1a). Only the configured public keys are
 * trusted.
 */
export function standardWebhooksAsymmetric(of: Omit<Standard, "key">): Scheme {
  const { entry, signed } = standard(of, "v1a");
  const key = { encoding: "raw-base64", stripPrefix: "whpk_" } as const;
  return defineScheme({ ...entry, verify: { kind: "public-key", algorithm: "ed25519", key, ...signed } });
}

/** A sample for providers without a format of their own. */
export const standardSample: Sample = {
  headers: { "webhook-id": "msg_1" },
  body: { type: "contact.created", timestamp: NOON },
  event: { id: "msg_1", type: "contact.created", time: NOON },
};
