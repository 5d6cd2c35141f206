import type { KeyFormat, Scheme } from "../engine/scheme";
import type { Otherwise } from "../engine/event-locations";
import { body, header } from "../engine/references";
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
 * `{id}.{timestamp}.{body}` with the three headers under one or more prefixes.
 *
 * An id may hold full stops, as in the official libraries. It does not make another reading of the same signed bytes
 * possible: between two stops there must be a time within the window, and what would then be left as the body begins
 * with digits and a full stop, which no JSON document but a bare number does.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
function content(prefixes: readonly string[]) {
  const named = (part: string): readonly string[] => prefixes.map((prefix) => `${prefix}-${part}`);
  const id = header(...named("id"));
  const timestamp = header(...named("timestamp"));
  const event: EventFacts = {
    // Signed, and the same for every attempt.
    id,
    type: "type",
    // The header's timestamp is that of the attempt.
    time: "timestamp",
  };
  return {
    event,
    signatures: named("signature"),
    timestamp: { at: timestamp, unit: "s", window: 300 } as const,
    content: [id, ".", timestamp, ".", body],
  };
}

function signatures(headers: readonly string[], signature: string) {
  return {
    headers,
    value: { form: "list", separator: " ", pair: ",", signature },
    encoding: "base64",
  } as const;
}

/** Returns the keyed signatures of Standard Webhooks (v1). */
export function standardWebhooks({ prefixes, key, event, ...entry }: Standard): Scheme {
  const shared = content(prefixes);
  return defineScheme({
    ...entry,
    event: { ...shared.event, ...event },
    otherwise: EVERY_REQUEST_HAS_THE_ID,
    verify: {
      kind: "hmac",
      hash: "sha256",
      key: key ?? WHSEC,
      signature: signatures(shared.signatures, "v1"),
      timestamp: shared.timestamp,
      content: shared.content,
    },
  });
}

/** Returns the asymmetric signatures of Standard Webhooks (v1a). Only the configured public keys are trusted. */
export function standardWebhooksAsymmetric({ prefixes, event, ...entry }: Omit<Standard, "key">): Scheme {
  const shared = content(prefixes);
  return defineScheme({
    ...entry,
    event: { ...shared.event, ...event },
    otherwise: EVERY_REQUEST_HAS_THE_ID,
    verify: {
      kind: "public-key",
      algorithm: "ed25519",
      key: { encoding: "raw-base64", stripPrefix: "whpk_" },
      signature: signatures(shared.signatures, "v1a"),
      timestamp: shared.timestamp,
      content: shared.content,
    },
  });
}
