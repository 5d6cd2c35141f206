import { body, header, path, type Scheme } from "../scheme";

/**
 * `{id}.{timestamp}.{body}` with the three headers under one or more prefixes.
 *
 * An id may hold full stops, as in the official libraries. It does not make another reading of the same signed bytes
 * possible: between two stops there must be a time within the window, and what would then be left as the body begins
 * with digits and a full stop, which no JSON document but a bare number does.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
function standard(prefixes: readonly string[]): Pick<Scheme, "verify" | "event"> {
  const named = (part: string): readonly string[] => prefixes.map((prefix) => `${prefix}-${part}`);
  const id = header(...named("id"));
  const timestamp = header(...named("timestamp"));
  return {
    verify: {
      kind: "hmac",
      hash: "sha256",
      key: { encoding: "base64", stripPrefix: "whsec_" },
      signature: {
        headers: named("signature"),
        value: { form: "list", separator: " ", pair: ",", signature: "v1" },
        encoding: "base64",
      },
      timestamp: { at: timestamp, unit: "s", window: 300 },
      content: [id, ".", timestamp, ".", body],
    },
    event: {
      // Signed, and the same for every attempt.
      id: [id],
      type: [[path("type")]],
      // The header's timestamp is that of the attempt.
      time: [{ at: path("timestamp"), unit: "iso" }],
    },
  };
}

export const standardWebhooks: Scheme = {
  id: "standard-webhooks",
  name: "Standard Webhooks",
  docs: "https://www.standardwebhooks.com",
  confidence: "vector",
  ...standard(["webhook"]),
};

/** Svix lets its customers send the headers under the standard's neutral names. */
export const svix: Scheme = {
  id: "svix",
  name: "Svix",
  docs: "https://docs.svix.com/receiving/verifying-payloads/how",
  confidence: "vector",
  ...standard(["svix", "webhook"]),
};
