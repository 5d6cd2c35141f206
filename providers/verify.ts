import { timingSafeEqual } from "node:crypto";
import { compile, type CompiledScheme } from "./compile";
import { computeHmac, contentChunks, type ContentValues } from "./content";
import { assertSecrets } from "./custom/secrets";
import type { CustomVerification, KeyRequest, VerificationInput } from "./custom/verification";
import { ConfigurationError } from "./errors";
import { findRepeated, isPlain, readHeader } from "./headers";
import { refuse, type Refusal, type Verdict, type WebhookRequest } from "./request";
import { isHmac, type FieldRef, type HeaderRef, type Scheme, type SignedTimestamp } from "./scheme";
import { parseSignatures } from "./signature-header";
import { parseTime } from "./timestamp";

/**
 * Decides whether one of the secrets signed this request. Whatever the request holds, the answer is a verdict.
 * @param secrets every live secret, the most likely one first; the verdict names the index of the one that matched
 * @param now milliseconds since the epoch
 * @param fetched what the scheme's {@link keyRequest} brought
 * @throws ConfigurationError where there is no secret, or one is empty or not written as the scheme needs it: that is
 *   for the operator to mend and no fault of the sender
 */
export function verify(
  scheme: Scheme,
  request: WebhookRequest,
  secrets: readonly string[],
  now: number,
  fetched?: string,
): Verdict {
  if (!isHmac(scheme))
    return verifyCustom(scheme.id, scheme.verify as CustomVerification, { request, secrets, now, fetched });
  const compiled = compile(scheme);
  if (secrets.length === 0) throw new ConfigurationError(`no secret for scheme ${scheme.id}`);
  const keys = secrets.map(compiled.key);

  for (const names of compiled.describing) {
    const repeated = findRepeated(request.headers, names);
    if (repeated) return repeated;
  }
  const value = readHeader(request.headers, compiled.signatureHeader);
  if (typeof value !== "string") return value;
  const parsed = parseSignatures(value, compiled);
  if ("ok" in parsed) return parsed;

  const values = new RequestValues(request, compiled, parsed.fields);
  let timestamp: number | undefined;
  if (compiled.verify.timestamp) {
    const checked = checkTimestamp(compiled.verify.timestamp, values, now);
    if (typeof checked !== "number") return checked;
    timestamp = checked;
  }
  const chunks = contentChunks(compiled.verify.content, values);
  if ("ok" in chunks) return chunks;

  const secretIndex = keys.findIndex((key) => {
    const expected = computeHmac(compiled.verify.hash, key, chunks);
    // Both are buffers of the digest's length, so this never throws and takes the same time for every difference.
    return parsed.signatures.some((signature) => timingSafeEqual(expected, signature));
  });
  if (secretIndex >= 0) {
    return timestamp === undefined ? { ok: true, secretIndex } : { ok: true, secretIndex, timestamp };
  }
  return refuse("signature_mismatch", mismatch(secrets));
}

function verifyCustom(id: string, how: CustomVerification, input: VerificationInput): Verdict {
  assertSecrets(id, input.secrets);
  return how.verify(input);
}

/** What has to be fetched before this request can be verified, if anything. */
export function keyRequest(
  { id, verify: how }: Scheme,
  request: WebhookRequest,
  secrets: readonly string[],
): KeyRequest | undefined {
  if (how.kind !== "custom" || !how.keyRequest) return undefined;
  assertSecrets(id, secrets);
  return how.keyRequest(request, secrets);
}

/** A class for speed: one object per request instead of a closure for each kind of part. */
class RequestValues implements ContentValues<Refusal> {
  constructor(
    private readonly request: WebhookRequest,
    private readonly compiled: CompiledScheme,
    private readonly fields: ReadonlyMap<string, string>,
  ) {}

  get body(): Buffer {
    return this.request.body;
  }

  method(): string {
    return this.request.method;
  }

  /** Never rebuilt from the request's headers: whoever sends the request chooses its Host. */
  url(): string {
    if (this.request.url === undefined) {
      throw new ConfigurationError("the scheme signs the URL of the endpoint, and none is configured");
    }
    return this.request.url;
  }

  header(ref: HeaderRef): string | Refusal {
    const names = this.compiled.names(ref);
    const text = readHeader(this.request.headers, names);
    if (typeof text !== "string" || isPlain(text)) return text;
    return refuse("header_malformed", `${names.label} holds characters other than printable ASCII`);
  }

  field({ name }: FieldRef): string | Refusal {
    const text = this.fields.get(name);
    if (text && isPlain(text)) return text;
    const problem = text ? "holds characters other than printable ASCII" : "is missing or empty";
    return refuse("header_malformed", `field ${name} of ${this.compiled.signatureHeader.label} ${problem}`);
  }
}

/** The time of signing in milliseconds since the epoch, or why it is not accepted. */
function checkTimestamp(
  { at, unit, window }: SignedTimestamp,
  values: ContentValues<Refusal>,
  now: number,
): number | Refusal {
  const text = at.from === "header" ? values.header(at) : values.field(at);
  if (typeof text !== "string") return text;
  const timestamp = parseTime(text, unit);
  if (timestamp === undefined) {
    return refuse("header_malformed", `the timestamp in ${placeOf(at)} is not in ${UNIT_NAMES[unit]}`);
  }
  // A sender that writes whole seconds has cut off the rest, and so do the official libraries with their own clock.
  const clock = unit === "s" ? Math.floor(now / 1000) * 1000 : now;
  const ahead = (timestamp - clock) / 1000;
  if (Math.abs(ahead) <= window) return timestamp;
  return refuse(
    "timestamp_outside_window",
    `the timestamp in ${placeOf(at)} is ${Math.abs(ahead)} s ${ahead > 0 ? "ahead of" : "behind"} our clock; up to ${window} s are accepted`,
  );
}

function placeOf(at: HeaderRef | FieldRef): string {
  return at.from === "header"
    ? `header ${at.names.join(" or ")}`
    : `field ${at.name} of the signature header`;
}

const UNIT_NAMES = { s: "whole seconds", ms: "whole milliseconds", iso: "RFC 3339" } as const;

function mismatch(secrets: readonly string[]): string {
  const spaced = secrets.flatMap((secret, index) => (secret === secret.trim() ? [] : [index]));
  return [
    secrets.length === 1
      ? "the secret did not sign these bytes"
      : `none of ${secrets.length} secrets signed these bytes`,
    ...spaced.map((index) => `secret ${index} begins or ends with white space`),
  ].join("; ");
}
