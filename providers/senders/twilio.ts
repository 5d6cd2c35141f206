import { createHash } from "node:crypto";
import { mostAddresses, signedAddresses } from "../engine/address";
import { encodeSignature, signatureDecoder } from "../engine/encoding";
import { ConfigurationError } from "../engine/errors";
import { parseForm, unprovedForm, type Form, type FormLimits } from "../engine/form";
import { headerNames, readHeader } from "../engine/headers";
import { refuse, type WebhookRequest } from "../engine/request";
import type { Scheme } from "../engine/scheme";
import { header, path } from "../engine/references";
import { hmac, matchSecret, sameBytes, sharedSecret, signingSecret } from "../engine/secrets";
import type { CustomVerification } from "../engine/custom-verification";

const decode = signatureDecoder("base64", 20);

/** `{url}{sorted names and values of the form}` under SHA-1, in base64: what Twilio and Mandrill sign. */
function signedForm(of: {
  readonly id: string;
  readonly signatureHeader: string;
  /** The URLs under which the sender may have signed, by the one that is configured. */
  readonly urls: (url: string) => readonly string[];
  /** Texts of one name's values, in the order in which they are signed. */
  readonly values: (values: readonly string[]) => readonly string[];
  /** Largest form that the sender sends: it is read before it is proved. */
  readonly limits: FormLimits;
  /** Whether the address holds the hash of the body, which is no form then; undefined where it holds none. */
  readonly bodyHash?: (request: WebhookRequest, url: string) => boolean | undefined;
}): CustomVerification {
  const names = headerNames([of.signatureHeader]);
  /** Of verified requests: what was signed behind the address's path. */
  const signed = new WeakMap<WebhookRequest, string>();

  const fields = (form: Form): string =>
    [...form]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, values]) => of.values(values).map((value) => name + value))
      .join("");

  /**
   * The signed text without its URL, or undefined where the body is nothing that the sender signs. Nothing stands
   * between the URL and the first name, so a name that begins with `?` would be the query of another request.
   */
  const signedFields = (body: Buffer): string | undefined => {
    if (body.length === 0) return "";
    const form = parseForm(body, of.limits);
    return form && ![...form.keys()].some((name) => name.startsWith("?")) ? fields(form) : undefined;
  };

  const urlOf = (url: string | undefined): string => {
    if (url === undefined)
      throw new ConfigurationError(`scheme ${of.id} signs the URL of the endpoint: none is configured`);
    return url;
  };

  return {
    kind: "custom",
    proof: `HMAC-SHA-1 in \`${of.signatureHeader}\` (base64) over URL and the fields of the form, sorted`,
    requiredHeaders: [of.signatureHeader],
    signatureHeader: of.signatureHeader,
    verify({ request, secrets }) {
      const url = urlOf(request.url);
      const value = readHeader(request.headers, names);
      if (typeof value !== "string") return value;
      const signature = decode(value);
      if (!signature)
        return refuse("header_malformed", `${names.label} holds no signature of 20 bytes in base64`);
      const hashed = of.bodyHash?.(request, url);
      if (hashed === false)
        return refuse("signature_mismatch", "the body is not the one whose hash the address holds");
      const content = hashed ? "" : signedFields(request.body);
      if (content === undefined)
        return refuse(
          "signature_mismatch",
          `the body is not a form of at most ${of.limits.fields} fields${of.limits.bytes === Infinity ? "" : ` and ${of.limits.bytes} bytes`}, and only a form is signed`,
        );
      // As bytes once, and not for every secret and address.
      const bytes = Buffer.from(content);
      // In other spellings of the same address, see Twilio.
      const candidates = signedAddresses(url, request)
        .flatMap((address) => of.urls(address).map((spelling) => ({ address, spelling })))
        .slice(0, mostAddresses(request.body));
      return matchSecret(secrets, (secret) => {
        const found = candidates.find(({ spelling }) =>
          sameBytes(hmac("sha1", secret, spelling, bytes), signature),
        );
        if (!found) return false;
        signed.set(request, `${/\?.*/s.exec(found.address)?.[0].replaceAll("%27", "'") ?? ""}${content}`);
        return true;
      });
    },
    sign(message) {
      const form = parseForm(message.body);
      const content = urlOf(message.url) + (form ? fields(form) : "");
      const signature = hmac("sha1", signingSecret(of.id, message), content);
      return {
        headers: { [of.signatureHeader]: encodeSignature(signature, "base64") },
        body: message.body,
      };
    },
    newSecret: sharedSecret,
    // What is signed, and not the body: the order of the fields, their escapes and where the query ends and the first
    // field begins are anybody's choice.
    signedContent: (request) => signed.get(request) ?? signedFields(request.body),
  };
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "https:": "443", "http:": "80" };

/**
 * Twilio signs with or without the port, whatever was configured, and once wrote `%27` for a quote in the query.
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
 * A body that is no form is covered by its hash in the query, which the URL makes part of what is signed.
 * @see https://www.twilio.com/docs/usage/webhooks/webhooks-security
 */
function twilioBodyHash({ body, query }: WebhookRequest, url: string): boolean | undefined {
  const given = query?.["bodySHA256"] ?? /[?&]bodySHA256=([^&#]*)/.exec(url)?.[1];
  return given === undefined ? undefined : given === createHash("sha256").update(body).digest("hex");
}

export const twilio: Scheme = {
  id: "twilio",
  name: "Twilio",
  setup: {
    where: "Phone Numbers > your number, or Messaging > Services > your service > Integration",
    secret: "the account's auth token, on the Console's first page",
    notes:
      "The address is signed with its query, which may differ from call to call: origin and path are those of the configured `url`, the query is the request's. Choose POST for every callback: by GET the event is in the query, which API Gateway changes on the way, and is refused.",
  },

  docs: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
  confidence: "vector",
  contentTypes: ["application/x-www-form-urlencoded", "application/json"],
  verify: signedForm({
    id: "twilio",
    signatureHeader: "X-Twilio-Signature",
    urls: twilioUrls,
    values: (values) => [...new Set(values)].sort(),
    // Estimated, Twilio states no limit: a message's text has up to 32 KB, a conversation's attributes 16 KB, and results
    // of add-ons come beside them.
    limits: unprovedForm(256 * 1024),
    bodyHash: twilioBodyHash,
  }),
  event: {
    deliveryId: header("I-Twilio-Idempotency-Token"),
    otherwise: { by: "body", because: "A message's status and the step of a call have ids of their own." },
    id: [],
    type: [
      ["message.", path("MessageStatus")],
      ["message.", path("SmsStatus")],
      ["call.", path("CallStatus")],
    ],
    time: [],
  },
};

/** Mailchimp Transactional. The events are a JSON list in the form's field `mandrill_events`. */
export const mandrill: Scheme = {
  id: "mandrill",
  name: "Mailchimp Transactional (Mandrill)",
  setup: {
    where: "Settings > Webhooks",
    secret: "the key of the webhook, beside it in the list",
  },

  docs: "https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
  confidence: "secondary",
  contentTypes: ["application/x-www-form-urlencoded"],
  verify: signedForm({
    id: "mandrill",
    signatureHeader: "X-Mandrill-Signature",
    urls: (url) => [url],
    values: (values) => values,
    // A batch of events in one field. An inbound message has its attachments and images inside, so a bound of our own
    // below what API Gateway and Lambda take would lose genuine mail.
    limits: unprovedForm(Infinity),
  }),
  event: {
    otherwise: { by: "body", because: "Every event has its time and the id of its message." },
    id: [],
    type: [[path("*.event")], [path("*.type")]],
    time: [{ at: path("*.ts"), unit: "s" }],
  },
  elements: {
    at: [path("*")],
    // The id is that of the message, which can be opened twice.
    hashOf: "element",
    type: [[path("event")], [path("type")]],
    time: [{ at: path("ts"), unit: "s" }],
    entity: [path("_id"), path("msg._id")],
  },
};
