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
  /** The URLs under which the provider may have signed, by the one that is configured. */
  readonly urls: (url: string) => readonly string[];
  /** Texts of one name's values, in the order in which they are signed. */
  readonly values: (values: readonly string[]) => readonly string[];
  /** Largest form that the provider sends: it is read before it is proved. */
  readonly limits: FormLimits;
  /** Whether the address holds the hash of the body, which is no form then; undefined if it holds none. */
  readonly bodyHash?: (request: WebhookRequest, url: string) => boolean | undefined;
  /** The parameter of the address that holds it. */
  readonly hashParameter?: string;
}

/** Returns the parameter of an address that holds the hash of a body. */
function hashIn(parameter: string | undefined, body: Buffer): Record<string, string> {
  return parameter === undefined ? {} : { [parameter]: createHash("sha256").update(body).digest("hex") };
}

/** `{url}{sorted names and values of the form}` under SHA-1, in base64: what Twilio and Mandrill sign. */
export function signedForm(of: SignedForm): CustomVerification {
  const names = headerNames([of.signatureHeader]);
  /** Of verified requests: what was signed behind the address's path. */
  const signed = new WeakMap<WebhookRequest, string>();

  const fields = (form: Form): string =>
    [...form]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, values]) => of.values(values).map((value) => name + value))
      .join("");

  /**
   * Returns the signed text without its URL, or undefined if the body is nothing that the provider signs. Nothing stands
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
    // What is signed, and not the body: the order of the fields, their escapes and where the query ends and the first
    // field begins are anybody's choice.
    signedContent: (request) => signed.get(request) ?? signedFields(request.body),
  };
}
