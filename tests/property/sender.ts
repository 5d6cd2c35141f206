import type { IngestRequest } from "../../functions/domain/ingest-request";
import { EXECUTION_INPUT_BYTES } from "../../functions/domain/process-group";
import { INLINE_LIMIT_BYTES } from "../../functions/domain/webhook";
import { schemes, sign, type Scheme } from "../../providers";
import type { Kind } from "./schedule";

export const PROVIDER = "acme";
export const SECRET = "a-secret-that-only-the-sender-and-the-inbox-know";

/** Signs the body alone, as GitHub does, and names its events in it. */
export const SCHEME: Scheme = {
  ...schemes["github"]!,
  event: {
    id: [{ from: "payload", path: ["id"] }],
    type: [[{ from: "payload", path: ["type"] }]],
    time: [],
    otherwise: { by: "body", because: "Every body has an id." },
  },
};

/** Backslashes: each is two bytes in a payload, and four in a payload inside JSON. That spares the hashes half the bytes. */
const PADDING: Readonly<Partial<Record<Kind, string>>> = {
  large: "\\".repeat(INLINE_LIMIT_BYTES / 4),
  bulky: "\\".repeat((EXECUTION_INPUT_BYTES * 0.4) / 4),
};

interface Sent {
  readonly id: string;
  readonly account: string;
  readonly kind: Kind;
  readonly attempt: number;
}

const signed = new Map<string, IngestRequest>();

/**
 * A request as the provider sends it. The bytes differ from attempt to attempt, as Stripe's do. Thousands of schedules
 * send the same few requests, so each is signed once.
 */
export function signedRequest(sent: Sent): IngestRequest {
  const key = `${sent.id}/${sent.account}/${sent.kind}/${sent.attempt}`;
  const known = signed.get(key);
  if (known) return known;
  const request = signRequest(sent);
  signed.set(key, request);
  return request;
}

function signRequest({ id, account, kind, attempt }: Sent): IngestRequest {
  const padding = PADDING[kind];
  const body = Buffer.from(
    JSON.stringify({ id, type: "thing.made", account, kind, attempt, ...(padding && { padding }) }),
  );
  const headers = sign(SCHEME, { body, secret: SECRET, now: 0 });
  return {
    method: "POST",
    pathProvider: PROVIDER,
    requestId: `${id}/${attempt}`,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]),
    ),
    body,
  };
}
