import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { RawRequest } from "./raw-request";

/**
 * File with inputs from public bug reports about receivers of webhooks, and the right results. `{{time}}` and
 * `{{signature}}` are replaced when a request is sent; everything else is sent byte for byte.
 */
const FIELD_CASES = resolve(__dirname, "../fixtures/field-cases.json");

const provider = z.strictObject({
  name: z.string(),
  scheme: z.string(),
  /** Secrets, newest first; empty if nothing is signed or the provider sends its secret. */
  secrets: z.array(z.string()).default([]),
  learn: z.boolean().optional(),
  verifyToken: z.string().optional(),
  /** Further settings of the provider. */
  config: z.record(z.string(), z.unknown()).default({}),
});

const status = z.union([z.number(), z.array(z.number())]);

const request = z.strictObject({
  method: z.string(),
  /** Path with the query. */
  path: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])).default([]),
  /** Body; at most one of the three forms is given. */
  body: z.string().optional(),
  bodyBase64: z.string().optional(),
  bodyGzipBase64: z.string().optional(),
  /** Seconds between signing and sending. */
  secondsAgo: z.number().default(0),
  /** Right status, or all right ones. */
  status,
});

const fieldCase = z.strictObject({
  id: z.string(),
  /** Wrong behaviour elsewhere, according to the report. */
  reported: z.string(),
  /** URL of the report. */
  source: z.string(),
  /** Source for what is right. */
  right: z.string(),
  provider: z.string(),
  /** Formula of the signature. */
  sign: z.string(),
  transport: z.string().optional(),
  /** Whether the requests are sent all at once, instead of each after the previous one's answer. */
  concurrent: z.boolean().default(false),
  requests: z.array(request),
  /** Expected number of events on the bus. */
  events: z.union([z.number(), z.literal("all accepted")]),
  /** Expected detail type of each event. */
  type: z.string().optional(),
  /** Reason for this result, if there are good reasons for another one. */
  decision: z.string().optional(),
});

export type FieldCase = z.infer<typeof fieldCase>;
export type FieldProvider = z.infer<typeof provider>;
export type FieldRequest = FieldCase["requests"][number];

export function readFieldCases(): {
  readonly providers: readonly FieldProvider[];
  readonly cases: readonly FieldCase[];
} {
  return z
    .strictObject({ providers: z.array(provider), cases: z.array(fieldCase) })
    .parse(JSON.parse(readFileSync(FIELD_CASES, "utf8")));
}

interface Signable {
  readonly secret: string;
  readonly time: string;
  readonly body: Buffer;
  readonly url: string;
  header(name: string): string;
}

const hmac = (secret: string | Buffer, ...content: readonly (string | Buffer)[]) => {
  const digest = createHmac("sha256", secret);
  for (const part of content) digest.update(part);
  return digest;
};
const seconds = (at: number) => String(Math.floor(at / 1_000));
const milliseconds = (at: number) => String(at);
const isoSeconds = (at: number) => `${new Date(at).toISOString().slice(0, -5)}Z`;
const standardWebhooks =
  (prefix: string) =>
  ({ secret, time, body, header }: Signable) =>
    hmac(
      Buffer.from(secret.slice("whsec_".length), "base64"),
      `${header(`${prefix}-id`)}.${time}.`,
      body,
    ).digest("base64");

/** Signatures that include a time, according to the providers' docs and without the product's own code. */
const TIMED: Readonly<Record<string, { time: (at: number) => string; sign: (message: Signable) => string }>> =
  {
    stripe: { time: seconds, sign: ({ secret, time, body }) => hmac(secret, `${time}.`, body).digest("hex") },
    paddle: { time: seconds, sign: ({ secret, time, body }) => hmac(secret, `${time}:`, body).digest("hex") },
    slack: {
      time: seconds,
      sign: ({ secret, time, body }) => hmac(secret, `v0:${time}:`, body).digest("hex"),
    },
    sanity: {
      time: milliseconds,
      sign: ({ secret, time, body }) => hmac(secret, `${time}.`, body).digest("base64url"),
    },
    zendesk: {
      time: isoSeconds,
      sign: ({ secret, time, body }) => hmac(secret, time, body).digest("base64"),
    },
    "hubspot-v3": {
      time: milliseconds,
      sign: ({ secret, time, body, url }) => hmac(secret, "POST", url, body, time).digest("base64"),
    },
    "standard-webhooks": { time: seconds, sign: standardWebhooks("webhook") },
    svix: { time: seconds, sign: standardWebhooks("svix") },
    mailgun: {
      time: seconds,
      sign: ({ secret, time, body }) =>
        hmac(secret, time, /mkH\d+/.exec(body.toString("utf8"))?.[0] ?? "").digest("hex"),
    },
  };

/** Returns the request as it is sent, signed now if its signature includes a time. */
export function signedNow(
  message: FieldRequest,
  { scheme, secrets, config }: FieldProvider,
  now = Date.now(),
): RawRequest {
  const timed = TIMED[scheme];
  const time = timed?.time(now - message.secondsAgo * 1_000) ?? "";
  const atTime = (text: string) => text.replaceAll("{{time}}", time);
  const header = (name: string) =>
    atTime(message.headers.find(([given]) => given.toLowerCase() === name)?.[1] ?? "");
  const body = bodyOf({ ...message, ...(message.body !== undefined && { body: atTime(message.body) }) });
  const filled = (text: string) =>
    text.replace(/\{\{signature(?::(\d+))?\}\}/g, (_, index: string | undefined) => {
      const secret = secrets[Number(index ?? 0)];
      if (!timed || secret === undefined) throw new Error(`${scheme} has no signature over a time`);
      return timed.sign({ secret, time, body, url: String(config["url"] ?? ""), header });
    });
  return {
    method: message.method,
    headers: message.headers.map(([name, value]): [string, string] => [name, filled(atTime(value))]),
    body: body.includes("{{signature}}") ? Buffer.from(filled(body.toString("utf8"))) : body,
  };
}

function bodyOf({ body = "", bodyBase64, bodyGzipBase64 }: FieldRequest): Buffer {
  if (bodyGzipBase64 !== undefined) return gunzipSync(Buffer.from(bodyGzipBase64, "base64"));
  return bodyBase64 === undefined ? Buffer.from(body) : Buffer.from(bodyBase64, "base64");
}
