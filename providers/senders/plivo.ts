import { randomUUID } from "node:crypto";
import { encodeSignature, signatureDecoder } from "../engine/encoding";
import { ConfigurationError } from "../engine/errors";
import { parseForm, unprovedForm } from "../engine/form";
import { headerNames, readHeader } from "../engine/headers";
import { reject } from "../engine/request";
import { hmac, matchSecret, sameBytes, sharedSecret, signingSecret } from "../engine/secrets";
import type { Sample, Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";

export const setup: Setup = {
  docs: "https://www.plivo.com/docs/messaging/concepts/signature-validation",
  where: "console > Messaging or Voice > Applications, with method POST",
  secret: "the account's Auth Token",
};

const ID = "plivo";
/**
 * Headers with signatures: voice uses the token of the account or subaccount, messaging the main account's in the
 * second.
 */
const SIGNATURES = ["X-Plivo-Signature-V3", "X-Plivo-Signature-MA-V3"];
const NONCE = headerNames(["X-Plivo-Signature-V3-Nonce"]);
const signatureHeader = headerNames(SIGNATURES);
const decode = signatureDecoder("base64", 32);

/** Most signatures that are read from one header: one for each of the account's tokens. */
const MAX_SIGNATURES = 8;

/** Limits of the form. The largest size is our estimate: a message's text has some kilobytes. */
const LIMITS = unprovedForm(64 * 1024);

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/**
 * Returns the signed text of a form: sorted names and values without separators. Returns undefined for a body that is
 * not a form, or whose names could be read as another part of the signed content.
 */
function fieldsOf(body: Buffer): string | undefined {
  if (body.length === 0) return "";
  const form = parseForm(body, LIMITS);
  if (!form || ![...form.keys()].every((name) => /^[\w-]+$/.test(name))) return undefined;
  return [...form]
    .sort(byName)
    .flatMap(([name, values]) => [...values].sort().map((value) => name + value))
    .join("");
}

/** Returns the signed text of query parameters: decoded and sorted. */
function sorted(parameters: Iterable<readonly [string, string]>): string {
  return [...parameters]
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/**
 * Returns the signed content. Only a `?` or a full stop separates the query from the fields, so the query is the
 * configured URL's, and a nonce must not contain a full stop.
 * @see https://github.com/plivo/plivo-node/blob/master/lib/utils/v3Security.js
 */
function contentOf(address: string, fields: string, nonce: string): string {
  const { protocol, host, pathname, searchParams } = new URL(address);
  const query = sorted(searchParams);
  const between = fields === "" ? (query === "" ? "" : `?${query}`) : query === "" ? "?" : `?${query}.`;
  return `${protocol}//${host}${pathname}${between}${fields}.${nonce}`;
}

function addressOf(url: string | undefined): string {
  if (url === undefined || !URL.canParse(url))
    throw new ConfigurationError(`scheme ${ID} signs the URL of the endpoint: none is configured`);
  return url;
}

/** Version 3 of Plivo's signatures is over the URL, the fields of the form, and a nonce. */
export default defineScheme({
  id: ID,
  name: "Plivo",
  confidence: "official",
  contentTypes: ["application/x-www-form-urlencoded"],
  verify: {
    kind: "custom",
    proof:
      "HMAC-SHA-256 in `X-Plivo-Signature-V3` or `X-Plivo-Signature-MA-V3` (base64) over URL, the fields of the form, sorted, and `X-Plivo-Signature-V3-Nonce`",
    requiredHeaders: [NONCE.name],
    signatureHeader: "X-Plivo-Signature-V3",
    verify({ request, secrets }) {
      const url = addressOf(request.url);
      const value = readHeader(request.headers, signatureHeader);
      if (typeof value !== "string") return value;
      const nonce = readHeader(request.headers, NONCE);
      if (typeof nonce !== "string") return nonce;
      const signatures = value
        .split(",", MAX_SIGNATURES)
        .map((text) => decode(text.trim()))
        .filter((signature) => signature !== undefined);
      if (signatures.length === 0 || !/^[\w-]{1,100}$/.test(nonce))
        return reject(
          "header_malformed",
          `${signatureHeader.label} holds no signature of 32 bytes in base64`,
        );
      const fields = fieldsOf(request.body);
      if (fields === undefined)
        return reject(
          "signature_mismatch",
          "the body is not a form of at most 64 KB, and only a form is signed",
        );
      const given = request.parameters ?? Object.entries(request.query ?? {});
      if (sorted(given) !== sorted(new URL(url).searchParams))
        return reject("signature_mismatch", "the address has other parameters than the configured one");
      const content = contentOf(url, fields, nonce);
      return matchSecret(secrets, (secret) => {
        const expected = hmac("sha256", secret, content);
        return signatures.some((signature) => sameBytes(expected, signature));
      });
    },
    sign(message) {
      const fields = fieldsOf(message.body);
      if (fields === undefined) throw new ConfigurationError(`scheme ${ID} signs forms only`);
      const nonce = message.id ?? randomUUID();
      const content = contentOf(addressOf(message.url), fields, nonce);
      const signature = encodeSignature(hmac("sha256", signingSecret(ID, message), content), "base64");
      return { headers: { "X-Plivo-Signature-V3": signature, [NONCE.name]: nonce }, body: message.body };
    },
    newSecret: sharedSecret,
    // Identify without the nonce, which is different for each attempt.
    signedContent: (request) => fieldsOf(request.body),
  },
  event: { type: ["Event", "Status", "CallStatus"], entity: ["MessageUUID", "CallUUID"] },
  otherwise: { by: "body", because: "Every body has the message or the call, and what happened to it." },
});

export const sample: Sample = {
  body: "From=14155551234&MessageUUID=m1&Status=delivered&To=14155554321",
  event: { type: "delivered", entity: "m1" },
};
