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

/** Returns a scheme with custom verification, by its id. */
export function custom(id: string): CustomScheme {
  const found = schemes[id];
  if (!isCustom(found)) throw new Error(`no scheme ${id} with code`);
  return found;
}

export const everyCustom: readonly CustomScheme[] = Object.values(schemes).filter(isCustom);

export const ADDRESS = "https://hooks.example.com/webhook";

const DAY = 86_400_000;

/** Returns the private key in PEM from a provider's signing secret. */
const pemIn = (text: string): string => /-----BEGIN[\s\S]*/.exec(text)?.[0] ?? "";

/** Documents that providers would publish for their keys. */
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

/** Returns the module of a provider. */
export function senderOf(id: string): SenderModule {
  const found = senders[id];
  if (!found) throw new Error(`no provider ${id}`);
  return found;
}

/** A provider with its own keys, of which this endpoint's user is a customer. */
export interface Sender {
  readonly of: CustomScheme;
  readonly secret: string;
  readonly signWith: string;
  /** Document that the scheme fetches. */
  readonly published: string | undefined;
  send(over?: { body?: Buffer; now?: number; signWith?: string; id?: string; type?: string }): WebhookRequest;
}

/** Returns the body of a provider's sample, before signing. */
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
