import { signedAddresses } from "./address";
import type { Matcher } from "./algorithm";
import { compile, type CompiledScheme, type CompiledSignature } from "./compile";
import { contentChunks, type ContentValues } from "./content";
import { assertSecrets } from "./secrets";
import type { KeyRequest } from "./custom-verification";
import { ConfigurationError } from "./errors";
import { findRepeated, isPlain, type HeaderNames, MAX_HEADER_LENGTH, readHeader } from "./headers";
import { parseJson, plainText, valueAt } from "./payload";
import { isRejection, reject, type Rejection, type Verdict, type WebhookRequest } from "./request";
import type { Scheme, SignedTimestamp } from "./scheme";
import type { FieldRef, HeaderRef, PathRef } from "./references";
import { NO_FIELDS, readSignatures, type ParsedSignatures } from "./signature-header";
import { parseTime } from "./timestamp";
import { verifyToken } from "./token";
import { tooLarge, unprovedJson } from "./unproved";

/**
 * Returns the verdict whether one of the secrets signed this request. Never throws because of the request's content.
 * @param secrets every live secret, the most likely one first; the verdict names the index of the one that matched
 * @param now milliseconds since the epoch
 * @param fetched response to the scheme's {@link keyRequest}
 * @throws ConfigurationError if there is no secret, or one is empty, publicly known or not written as the scheme
 *   needs it: the operator must fix that, the provider is not at fault
 */
export function verify(
  scheme: Scheme,
  request: WebhookRequest,
  secrets: readonly string[],
  now: number,
  fetched?: string,
): Verdict {
  const compiled = compile(scheme);
  const { verify: how } = scheme;
  if (how.kind !== "none" && secrets.length === 0) {
    throw new ConfigurationError(`no secret for scheme ${scheme.id}`);
  }
  switch (how.kind) {
    case "none":
      return findAmbiguous(compiled, request) ?? { ok: true, secretIndex: -1 };
    case "token":
    case "basic": {
      const hashes = secrets.map(compiled.token);
      return findAmbiguous(compiled, request) ?? verifyToken(how, request, hashes);
    }
    case "custom":
      assertSecrets(scheme.id, secrets);
      return findAmbiguous(compiled, request) ?? how.verify({ request, secrets, now, fetched });
    case "hmac":
    case "digest":
    case "public-key":
      return verifySignature(compiled, request, secrets, now);
  }
}

/**
 * Returns what has to be fetched before this request can be verified, if anything.
 * @throws ConfigurationError as {@link verify}
 */
export function keyRequest(
  { id, verify: how }: Scheme,
  request: WebhookRequest,
  secrets: readonly string[],
): KeyRequest | undefined {
  if (how.kind !== "custom" || !how.keyRequest) return undefined;
  assertSecrets(id, secrets);
  return how.keyRequest(request, secrets);
}

function findAmbiguous({ describing }: CompiledScheme, { headers }: WebhookRequest): Rejection | undefined {
  for (const names of describing) {
    const repeated = findRepeated(headers, names);
    if (repeated) return repeated;
  }
  return undefined;
}

function verifySignature(
  compiled: CompiledScheme,
  request: WebhookRequest,
  secrets: readonly string[],
  now: number,
): Verdict {
  const { signed } = compiled;
  if (!signed) throw new ConfigurationError("the scheme computes nothing");
  const matchers = secrets.map(signed.algorithm.matcher);

  const ambiguous = findAmbiguous(compiled, request);
  if (ambiguous) return ambiguous;
  const values = new RequestValues(request, compiled, signed);
  const groups = readSignatures(request, signed, values);
  if (isRejection(groups)) return groups;

  let rejection: Rejection | undefined;
  for (const group of groups) {
    const verdict = verifyGroup(group, values, signed, matchers, now);
    if (verdict.ok) return verdict;
    rejection ??=
      verdict.reason === "signature_mismatch" ? { ...verdict, detail: mismatch(secrets) } : verdict;
  }
  return rejection ?? reject("header_malformed", `${signed.signatureHeader.label} holds no signature`);
}

function verifyGroup(
  { signatures, fields }: ParsedSignatures,
  values: RequestValues,
  { verify: { timestamp }, content, algorithm }: CompiledSignature,
  matchers: readonly Matcher[],
  now: number,
): Verdict {
  values.fields = fields;
  let signedAt: number | undefined;
  if (timestamp && timestamp.at.from !== "payload") {
    const checked = checkTimestamp(timestamp, values, now);
    if (typeof checked !== "number") return checked;
    signedAt = checked;
  }
  let secretIndex = -1;
  for (const address of values.addresses()) {
    values.address = address;
    const chunks = contentChunks(content, values);
    if (isRejection(chunks)) return chunks;
    const prepared = algorithm.prepare(chunks);
    const attempts = algorithm.attempts(prepared);
    secretIndex = matchers.findIndex((matches) => matches(prepared, signatures, attempts));
    if (secretIndex >= 0) break;
  }
  if (secretIndex < 0) return reject("signature_mismatch", "");
  // Check a time in the payload only after the signature: until here anybody could have written it.
  if (timestamp && timestamp.at.from === "payload") {
    const checked = checkTimestamp(timestamp, values, now);
    if (typeof checked !== "number")
      return checked.reason === "body_malformed" ? { ...checked, signedBy: secretIndex } : checked;
    signedAt = checked;
  }
  return signedAt === undefined ? { ok: true, secretIndex } : { ok: true, secretIndex, timestamp: signedAt };
}

/**
 * Values of a request for the signed content. A class for speed: one object per request, not a closure for each kind of
 * part.
 */
class RequestValues implements ContentValues<Rejection> {
  fields: ReadonlyMap<string, string> = NO_FIELDS;
  /** The one of {@link addresses} that is being tried. */
  address = "";
  private known: { readonly names: HeaderNames; readonly text: string } | undefined;
  private json: { readonly value: unknown } | undefined;

  constructor(
    private readonly request: WebhookRequest,
    private readonly compiled: CompiledScheme,
    private readonly signed: CompiledSignature,
  ) {}

  get body(): Buffer {
    return this.request.body;
  }

  /**
   * Returns the body as JSON, parsed once and only if the scheme needs it. Reads it as Latin-1, which is faster: only
   * ASCII values are accepted from it, which are the same in UTF-8.
   */
  parsed(): unknown {
    const read = this.signed.readsUnproved ? unprovedJson : parseJson;
    this.json ??= { value: read(this.request.body, "latin1") };
    return this.json.value;
  }

  method(): string {
    return this.request.method;
  }

  /** Returns the one of {@link addresses} that is being tried. */
  url(): string {
    return this.address;
  }

  /**
   * Returns the addresses that may be in the content; a single empty one if the scheme does not sign the URL. They are
   * never built from the request's headers: anyone who sends the request chooses its Host.
   */
  addresses(): readonly string[] {
    if (!this.signed.content.some((part) => typeof part !== "string" && part.from === "url")) return [""];
    if (this.request.url === undefined) {
      throw new ConfigurationError("the scheme signs the URL of the endpoint, and none is configured");
    }
    return signedAddresses(this.request.url, this.request);
  }

  header(ref: HeaderRef): string | Rejection {
    const names = this.compiled.names(ref);
    // Return the cached value: the time is read twice, for the check and as part of the content.
    if (names === this.known?.names) return this.known.text;
    const text = readHeader(this.request.headers, names);
    if (typeof text !== "string") return text;
    if (isPlain(text)) {
      this.known ??= { names, text };
      return text;
    }
    return reject("header_malformed", `${names.label} holds characters other than printable ASCII`);
  }

  field({ name }: FieldRef): string | Rejection {
    const text = this.fields.get(name);
    if (text && isPlain(text)) return text;
    const problem = text ? "holds characters other than printable ASCII" : "is missing or empty";
    return reject("header_malformed", `field ${name} of ${this.signed.signatureHeader.label} ${problem}`);
  }

  payload(ref: PathRef): string | Rejection {
    const text = plainText(valueAt(this.parsed(), ref));
    if (text && text.length <= MAX_HEADER_LENGTH && isPlain(text)) return text;
    const large = this.signed.readsUnproved ? tooLarge(this.request.body) : undefined;
    return reject("body_malformed", large ?? `the body holds no plain text ${ref.path.join(".")}`);
  }
}

/** Returns the time of signing in milliseconds since the epoch, or why it is not accepted. */
function checkTimestamp(
  { at, unit, window }: SignedTimestamp,
  values: RequestValues,
  now: number,
): number | Rejection {
  const text =
    at.from === "header" ? values.header(at) : at.from === "field" ? values.field(at) : values.payload(at);
  if (typeof text !== "string") return text;
  const timestamp = parseTime(text, unit);
  if (timestamp === undefined) {
    const reason = at.from === "payload" ? "body_malformed" : "header_malformed";
    return reject(reason, `the timestamp in ${locationOf(at)} is not in ${UNIT_NAMES[unit]}`);
  }
  // Cut our clock off to whole seconds like the provider's time, as the official libraries do.
  const clock =
    unit === "s" || unit === "s-or-ms" || unit === "http-date" ? Math.floor(now / 1000) * 1000 : now;
  const ahead = (timestamp - clock) / 1000;
  if (Math.abs(ahead) <= window) return timestamp;
  return reject(
    "timestamp_outside_window",
    `the timestamp in ${locationOf(at)} is ${Math.abs(ahead)} s ${ahead > 0 ? "ahead of" : "behind"} our clock; up to ${window} s are accepted`,
    timestamp,
  );
}

function locationOf(at: SignedTimestamp["at"]): string {
  switch (at.from) {
    case "header":
      return `header ${at.names.join(" or ")}`;
    case "field":
      return `field ${at.name} of the signature header`;
    case "payload":
      return `${at.path.join(".")} of the body`;
  }
}

const UNIT_NAMES = {
  s: "whole seconds",
  ms: "whole milliseconds",
  "s-or-ms": "whole seconds or milliseconds",
  iso: "RFC 3339",
  "iso-utc": "RFC 3339",
  "http-date": "the form of HTTP's Date",
} as const;

function mismatch(secrets: readonly string[]): string {
  const spaced = secrets.flatMap((secret, index) => (secret === secret.trim() ? [] : [index]));
  return [
    secrets.length === 1
      ? "the secret did not sign these bytes"
      : `none of ${secrets.length} secrets signed these bytes`,
    ...spaced.map((index) => `secret ${index} begins or ends with white space`),
  ].join("; ");
}
