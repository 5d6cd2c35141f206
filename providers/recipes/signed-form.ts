import { createHash } from "node:crypto";
import { mostAddresses, signedAddresses, withQuery } from "../engine/address";
import { encodeSignature, signatureDecoder } from "../engine/encoding";
import { ConfigurationError } from "../engine/errors";
import { parseForm, type Form, type FormLimits } from "../engine/form";
import { headerNames, readHeader } from "../engine/headers";
import { reject, type WebhookRequest } from "../engine/request";
import { hmac, matchSecret, sameBytes, sharedSecret, signingSecret } from "../engine/secrets";
import type { CustomVerification } from "../engine/custom-verification";

const decode = signatureDecoder("base64", 20);

interface SignedForm {
  readonly id: string;
  readonly signatureHeader: string;
  /** Returns the URLs that the provider may have signed, for the configured one. */
  readonly urls: (url: string) => readonly string[];
  /** Returns the texts for the values of one name, in the order in which they are signed. */
  readonly values: (values: readonly string[]) => readonly string[];
  /** Limits of the forms that the provider sends: they are read before they are proved. */
  readonly limits: FormLimits;
  /**
   * Returns whether the hash in the URL is the body's, which then is not a form; undefined if the URL contains no hash.
   */
  readonly bodyHash?: (request: WebhookRequest, url: string) => boolean | undefined;
  /** Name of the query parameter with the hash of the body. */
  readonly hashParameter?: string;
}

/** Returns the query parameter with the hash of a body. */
function hashIn(parameter: string | undefined, body: Buffer): Record<string, string> {
  return parameter === undefined ? {} : { [parameter]: createHash("sha256").update(body).digest("hex") };
}

/**
 * Returns a verification of `{url}{sorted names and values of the form}` under SHA-1, in base64, as Twilio and Mandrill
 * sign.
 */
export function signedForm(of: SignedForm): CustomVerification {
  const names = headerNames([of.signatureHeader]);
  /** Signed text after the URL's path, of each verified request. */
  const signed = new WeakMap<WebhookRequest, string>();

  const fields = (form: Form): string =>
    [...form]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, values]) => of.values(values).map((value) => name + value))
      .join("");

  /**
   * Returns the signed text without its URL, or undefined if the provider cannot have signed the body. There is no
   * separator between the URL and the first name, so a name that begins with `?` could be the query of another request.
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
        return reject("header_malformed", `${names.label} holds no signature of 20 bytes in base64`);
      const hashed = of.bodyHash?.(request, url);
      if (hashed === false)
        return reject("signature_mismatch", "the body is not the one whose hash the address holds");
      const content = hashed ? "" : signedFields(request.body);
      if (content === undefined)
        return reject(
          "signature_mismatch",
          `the body is not a form of at most ${of.limits.fields} fields${of.limits.bytes === Infinity ? "" : ` and ${of.limits.bytes} bytes`}, and only a form is signed`,
        );
      // Convert to bytes once, not for every secret and URL.
      const bytes = Buffer.from(content);
      // Try other spellings of the same URL, see Twilio.
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
      const query = form ? {} : hashIn(of.hashParameter, message.body);
      const content = withQuery(urlOf(message.url), query) + (form ? fields(form) : "");
      const signature = hmac("sha1", signingSecret(of.id, message), content);
      return {
        headers: { [of.signatureHeader]: encodeSignature(signature, "base64") },
        query,
        body: message.body,
      };
    },
    newSecret: sharedSecret,
    // Identify by the signed text instead of the body: anyone can change the order of the fields, their escapes, and
    // where the query ends and the first field begins.
    signedContent: (request) => signed.get(request) ?? signedFields(request.body),
  };
}
