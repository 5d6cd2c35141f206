import { timingSafeEqual } from "node:crypto";
import { compile, type CompiledScheme } from "./compile";
import { computeHmac, contentChunks, type ContentValues } from "./content";
import { ConfigurationError } from "./errors";
import { present, readHeader } from "./headers";
import { refuse, type Refusal, type Verdict, type WebhookRequest } from "./request";
import type { FieldRef, HeaderRef, Scheme, SignedTimestamp } from "./scheme";
import { parseSignatures } from "./signature-header";
import { parseTime } from "./timestamp";

/**
 * Decides whether one of the secrets signed this request. Whatever the request holds, the answer is a verdict.
 * @param secrets every live secret, the most likely one first; the verdict names the index of the one that matched
 * @param now milliseconds since the epoch
 * @throws ConfigurationError where there is no secret, or one is empty or not written as the scheme needs it: that is
 *   for the operator to mend and no fault of the sender
 */
export function verify(
  scheme: Scheme,
  request: WebhookRequest,
  secrets: readonly string[],
  now: number,
): Verdict {
  const compiled = compile(scheme);
  if (secrets.length === 0) throw new ConfigurationError(`no secret for scheme ${scheme.id}`);
  const keys = secrets.map(compiled.key);

  const repeated = findRepeated(compiled, request);
  if (repeated) return repeated;
  const value = readHeader(request.headers, compiled.signatureHeaders);
  if (typeof value !== "string") return value;
  const header = present(request.headers, compiled.signatureHeaders)?.canonical ?? "";
  const parsed = parseSignatures(value.trim(), header, compiled);
  if ("ok" in parsed) return parsed;

  const values = valuesOf(request, compiled, header, parsed.fields);
  let timestamp: number | undefined;
  if (compiled.verify.timestamp) {
    const checked = checkTimestamp(compiled.verify.timestamp, values, now);
    if (typeof checked !== "number") return checked;
    timestamp = checked;
  }
  const chunks = contentChunks(compiled.verify.content, values);
  if ("ok" in chunks) return chunks;

  for (const [secretIndex, key] of keys.entries()) {
    const expected = computeHmac(compiled.verify.hash, key, chunks);
    // Both are buffers of the digest's length, so this never throws and takes the same time for every difference.
    if (parsed.signatures.some((signature) => timingSafeEqual(expected, signature))) {
      return { ok: true, secretIndex, ...(timestamp !== undefined && { timestamp }) };
    }
  }
  return refuse("signature_mismatch", mismatch(secrets));
}

/** A header that came twice could be read as one value here and as the other one by whoever looks next. */
function findRepeated(compiled: CompiledScheme, request: WebhookRequest): Refusal | undefined {
  for (const names of compiled.describing) {
    const name = present(request.headers, names);
    const times = name ? (request.headers[name.lower]?.length ?? 0) : 0;
    if (name && times > 1)
      return refuse("header_malformed", `header ${name.canonical} was sent ${times} times`);
  }
  return undefined;
}

function valuesOf(
  request: WebhookRequest,
  compiled: CompiledScheme,
  header: string,
  fields: ReadonlyMap<string, string>,
): ContentValues<Refusal> {
  return {
    body: request.body,
    method: () => request.method,
    url: () => {
      // Never rebuilt from the request: the sender of the request chooses its Host header.
      if (request.url === undefined)
        throw new ConfigurationError("the scheme signs the URL, and none is configured");
      return request.url;
    },
    header: (ref: HeaderRef) => readHeader(request.headers, compiled.names(ref)),
    field: ({ name }: FieldRef) =>
      fields.get(name) || refuse("header_malformed", `header ${header} holds no ${name}=`),
  };
}

/** The time of signing in milliseconds since the epoch, or why it is not accepted. */
function checkTimestamp(
  { at, unit, window }: SignedTimestamp,
  values: ContentValues<Refusal>,
  now: number,
): number | Refusal {
  const text = at.from === "header" ? values.header(at) : values.field(at);
  if (typeof text !== "string") return text;
  const what = at.from === "header" ? `header ${at.names.join(" or ")}` : `field ${at.name} of the signature`;
  const timestamp = parseTime(text, unit);
  if (timestamp === undefined) {
    return refuse("header_malformed", `${what} is not a time in ${UNIT_NAMES[unit]}`);
  }
  // A sender that writes whole seconds has cut off the rest, and so do the official libraries with their own clock.
  const clock = unit === "s" ? Math.floor(now / 1000) * 1000 : now;
  const ahead = (timestamp - clock) / 1000;
  if (Math.abs(ahead) <= window) return timestamp;
  return refuse(
    "timestamp_outside_window",
    `${what} is ${Math.abs(ahead)} s ${ahead > 0 ? "ahead of" : "behind"} our clock; up to ${window} s are accepted`,
  );
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
