import { createHash } from "node:crypto";
import { unprovedForm } from "../engine/form";
import { path } from "../engine/references";
import type { WebhookRequest } from "../engine/request";
import { signedForm } from "../recipes/signed-form";
import type { Sample, Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";

export const setup: Setup = {
  docs: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
  where: "Phone Numbers > your number, or Messaging > Services > your service > Integration",
  secret: "the account's auth token, on the Console's first page",
  notes:
    "The address is signed with its query, which may differ from call to call: origin and path are those of the configured `url`, the query is the request's. Choose POST for every callback: by GET the event is in the query, which API Gateway changes on the way, and is rejected.",
};

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "https:": "443", "http:": "80" };

/**
 * Returns the spellings of a URL that Twilio may have signed: with or without the port, whatever was configured, and
 * with `%27` or `'` for a quote in the query.
 * @see https://github.com/twilio/twilio-node/blob/main/src/webhooks/webhooks.ts
 */
function twilioUrls(url: string): readonly string[] {
  if (!URL.canParse(url)) return [url];
  const parsed = new URL(url);
  const rest = `${parsed.pathname}${parsed.search}`;
  const port = parsed.port || DEFAULT_PORTS[parsed.protocol];
  const credentials = parsed.username && `${parsed.username}${parsed.password && `:${parsed.password}`}@`;
  const base = `${parsed.protocol}//${credentials}${parsed.hostname}`;
  const both = [url, `${base}${rest}`, ...(port ? [`${base}:${port}${rest}`] : [])];
  return [...new Set(both.flatMap((text) => [text, text.replaceAll("%27", "'"), quoted(text)]))];
}

function quoted(url: string): string {
  const at = url.indexOf("?");
  return at < 0 ? url : url.slice(0, at) + url.slice(at).replaceAll("'", "%27");
}

/**
 * Returns whether the query has the hash of the body; undefined if it has no hash. That hash covers a body that is not
 * a form, since the URL is signed.
 * @see https://www.twilio.com/docs/usage/webhooks/webhooks-security
 */
function twilioBodyHash({ body, query }: WebhookRequest, url: string): boolean | undefined {
  const given = query?.["bodySHA256"] ?? /[?&]bodySHA256=([^&#]*)/.exec(url)?.[1];
  return given === undefined ? undefined : given === createHash("sha256").update(body).digest("hex");
}

export default defineScheme({
  id: "twilio",
  name: "Twilio",
  confidence: "vector",
  contentTypes: ["application/x-www-form-urlencoded", "application/json"],
  verify: signedForm({
    id: "twilio",
    signatureHeader: "X-Twilio-Signature",
    urls: twilioUrls,
    values: (values) => [...new Set(values)].sort(),
    // The largest size is our estimate, since Twilio states no limit: a message's text has up to 32 KB, a
    // conversation's attributes 16 KB, and results of add-ons are added.
    limits: unprovedForm(256 * 1024),
    bodyHash: twilioBodyHash,
    hashParameter: "bodySHA256",
  }),
  event: {
    deliveryId: "I-Twilio-Idempotency-Token",
    type: [
      { pieces: ["message.", path("MessageStatus")] },
      { pieces: ["message.", path("SmsStatus")] },
      { pieces: ["call.", path("CallStatus")] },
    ],
  },
  otherwise: { by: "body", because: "A message's status and the step of a call have ids of their own." },
});

export const sample: Sample = {
  body: "MessageSid=SM1&MessageStatus=sent&To=%2B1415",
  event: { type: "message.sent" },
};
