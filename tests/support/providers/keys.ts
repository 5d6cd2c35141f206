import { createPublicKey } from "node:crypto";
import { signMessage, type Scheme, type SigningMessage, type WebhookRequest } from "../../../providers";
import { keyPair } from "../../../providers/engine/test-keys";
import { NOW, request } from "./requests";

/** Keys of both sides: what one signs with, and what the other is configured with. */
export interface Keys {
  readonly signing: string;
  readonly configured: string;
}

const TEXTS = [
  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
  "whsec_dGhpcmQtc2VjcmV0LW9mLXRoZS10ZXN0cw==",
];

const pairs = new Map<string, Keys[]>();

/** Returns the n-th of three pairs of keys for the scheme, in the form of its provider. */
export function keysOf({ id, verify }: Scheme, n: 0 | 1 | 2 = 0): Keys {
  const text = TEXTS[n] ?? "";
  if (verify.kind === "basic") return { signing: `user:${text}`, configured: `user:${text}` };
  if (verify.kind === "hmac" && verify.key.encoding === "hex") {
    const hex = Buffer.from(text).toString("hex");
    return { signing: hex, configured: hex };
  }
  if (verify.kind === "hmac" && verify.key.encoding === "base64" && verify.key.stripPrefix === undefined) {
    const base64 = text.slice("whsec_".length);
    return { signing: base64, configured: base64 };
  }
  if (verify.kind !== "public-key") return { signing: text, configured: text };
  const made = pairs.get(id) ?? [0, 1, 2].map(() => pair(verify));
  pairs.set(id, made);
  const keys = made[n];
  if (!keys) throw new Error(`no ${n}th key`);
  return keys;
}

const KEY_TYPES = { ed25519: "ed25519", "ecdsa-sha256": "ec", "rsa-sha256": "rsa" } as const;

function pair({ algorithm, key }: Extract<Scheme["verify"], { kind: "public-key" }>): Keys {
  const { secret, signWith: signing } = keyPair(KEY_TYPES[algorithm]);
  const der = createPublicKey(secret).export({ type: "spki", format: "der" });
  if (key.encoding === "spki") return { signing, configured: der.toString("base64") };
  const encoding = key.encoding === "raw-hex" ? "hex" : "base64";
  return { signing, configured: `${key.stripPrefix ?? ""}${der.subarray(-32).toString(encoding)}` };
}

const URL_ = "https://in.example/webhook/sender";

/** Returns a request as the provider of any scheme sends it, wherever its proof is. */
export function sent(
  of: Scheme,
  body: Buffer,
  message: Partial<Omit<SigningMessage, "body">> = {},
): WebhookRequest {
  const made = signMessage(of, {
    secret: keysOf(of).signing,
    now: NOW,
    url: URL_,
    ...message,
    body,
  });
  return { ...request(made.headers, made.body), query: made.query, url: URL_ };
}
