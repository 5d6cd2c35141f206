import { createPublicKey } from "node:crypto";
import {
  schemes,
  signMessage,
  type CustomVerification,
  type Scheme,
  type WebhookRequest,
} from "../../../providers";
import type { Sender as SenderModule } from "../../../providers/engine/sender";
import { senders } from "../../../providers/senders";
import { NOW, request } from "./requests";
import { certificate } from "../../../providers/engine/test-certificates";

export type CustomScheme = Scheme & { readonly verify: CustomVerification };

const isCustom = (of: Scheme | undefined): of is CustomScheme => of?.verify.kind === "custom";

/** A scheme with code, by its id. */
export function custom(id: string): CustomScheme {
  const found = schemes[id];
  if (!isCustom(found)) throw new Error(`no scheme ${id} with code`);
  return found;
}

export const everyCustom: readonly CustomScheme[] = Object.values(schemes).filter(isCustom);

export const ADDRESS = "https://hooks.example.com/webhook";

const DAY = 86_400_000;

/** A private key in PEM inside of what a provider signs with. */
const pemIn = (text: string): string => /-----BEGIN[\s\S]*/.exec(text)?.[0] ?? "";

/** What each provider would publish where its keys are fetched from. */
const PUBLISHED: Readonly<Record<string, (key: string) => string>> = {
  certificate: (key) => certificate(key, NOW - DAY, NOW + DAY),
  keySet: (key) => JSON.stringify({ keys: [{ ...jwk(key), kid: "test-key", use: "sig" }] }),
  plaidKey: (key) => JSON.stringify({ key: { ...jwk(key), kid: "test-key", expired_at: null } }),
};

export const jwk = (privateKey: string) => createPublicKey(privateKey).export({ format: "jwk" });

const KEY_SOURCES: Readonly<Record<string, keyof typeof PUBLISHED>> = {
  "aws-sns": "certificate",
  fireblocks: "keySet",
  "fireblocks-eu": "keySet",
  "fireblocks-eu2": "keySet",
  "fireblocks-sandbox": "keySet",
  "google-pubsub": "keySet",
  neon: "keySet",
  paypal: "certificate",
  "paypal-sandbox": "certificate",
  plaid: "plaidKey",
  "plaid-sandbox": "plaidKey",
};

/** A provider's own file. */
export function senderOf(id: string): SenderModule {
  const found = senders[id];
  if (!found) throw new Error(`no provider ${id}`);
  return found;
}

/** A provider with keys of its own, and this endpoint as its user's. */
export interface Sender {
  readonly of: CustomScheme;
  readonly secret: string;
  readonly signWith: string;
  /** What is found where the scheme fetches. */
  readonly published: string | undefined;
  send(over?: { body?: Buffer; now?: number; signWith?: string; id?: string; type?: string }): WebhookRequest;
}

/** The body of a provider's sample, as it is handed to its signing. */
export function bodyOf(id: string): Buffer {
  const { body } = senderOf(id).sample;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

export function sender(id: string): Sender {
  const of = custom(id);
  const { secret, signWith } = of.verify.newSecret();
  const source = KEY_SOURCES[id];
  return {
    of,
    secret,
    signWith,
    published: source && PUBLISHED[source]?.(pemIn(signWith)),
    send({ body = bodyOf(id), now = NOW, ...over } = {}) {
      const signed = signMessage(of, {
        body,
        secret: signWith,
        now,
        url: ADDRESS,
        ...(over.signWith && { secret: over.signWith }),
        ...(over.id && { id: over.id }),
        ...(over.type && { type: over.type }),
      });
      return { ...request(signed.headers, signed.body), url: ADDRESS };
    },
  };
}
