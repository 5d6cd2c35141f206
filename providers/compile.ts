import type { KeyObject } from "node:crypto";
import { signatureDecoder, type SignatureDecoder } from "./encoding";
import { ConfigurationError } from "./errors";
import { headerNames, type HeaderNames } from "./headers";
import { keyReader } from "./key";
import type { ContentPart, FieldRef, HeaderRef, HmacScheme, HmacVerification } from "./scheme";

/** What is worked out once per scheme, so that a request pays only for its own bytes. */
export interface CompiledScheme {
  readonly verify: HmacVerification;
  /** Bytes of a signature. */
  readonly signatureLength: number;
  readonly decode: SignatureDecoder;
  readonly signatureHeader: HeaderNames;
  /** Unsigned headers that describe the event; each may come once at most. */
  readonly describing: readonly HeaderNames[];
  /** Fields of the signature header that are used, and so must be unambiguous. */
  readonly fields: ReadonlySet<string>;
  /** Canonical names of the headers without which no request can be accepted. */
  readonly requiredHeaders: readonly string[];
  /** @throws ConfigurationError where the secret makes no key */
  readonly key: (secret: string, index: number) => KeyObject;
  readonly names: (ref: HeaderRef) => HeaderNames;
}

const DIGEST_BYTES = { sha1: 20, sha256: 32, sha512: 64 } as const;

const compiled = new WeakMap<HmacScheme, CompiledScheme>();

/**
 * Prepares a scheme; the result is kept.
 * @throws ConfigurationError for a scheme that could not be secure: its signature leaves out the body, the timestamp
 *   that is checked, or the id by which events are deduplicated
 */
export function compile(scheme: HmacScheme): CompiledScheme {
  let result = compiled.get(scheme);
  if (!result) {
    result = prepare(scheme);
    compiled.set(scheme, result);
  }
  return result;
}

function prepare(scheme: HmacScheme): CompiledScheme {
  assertSound(scheme);
  const { verify, event } = scheme;
  const signatureLength = DIGEST_BYTES[verify.hash];
  const signed = verify.content.filter(isHeader);
  const describing = [
    event.deliveryId,
    event.hashedWith?.header,
    ...event.type.flat().filter(isHeader),
    ...event.time.map(({ at }) => at).filter(isHeader),
  ].filter((ref) => ref !== undefined);
  const used = verify.timestamp && isHeader(verify.timestamp.at) ? [...signed, verify.timestamp.at] : signed;
  const names = new Map(used.map((ref) => [ref, headerNames(ref.names)]));
  const needed = [{ names: verify.signature.headers }, ...signed];
  return {
    verify,
    signatureLength,
    decode: signatureDecoder(verify.signature.encoding, signatureLength),
    signatureHeader: headerNames(verify.signature.headers),
    describing: [...new Map(describing.map((ref) => [ref.names.join(), headerNames(ref.names)])).values()],
    fields: new Set(verify.content.filter(isField).map(({ name }) => name)),
    // A header that has an alternative name is not one that every request must have.
    requiredHeaders: unique(needed.flatMap((ref) => (ref.names.length === 1 ? ref.names : []))),
    key: keyReader(scheme.id, verify.key),
    names: (ref) => names.get(ref) ?? headerNames(ref.names),
  };
}

function assertSound({ id, verify, event }: HmacScheme): void {
  const refuse = (problem: string): never => {
    throw new ConfigurationError(`scheme ${id}: ${problem}`);
  };
  const { content, signature, timestamp } = verify;
  const signs = (wanted: HeaderRef | FieldRef): boolean =>
    content.some((part) => (isHeader(part) || isField(part) ? sameRef(part, wanted) : false));

  if (!content.some((part) => typeof part !== "string" && part.from === "body")) {
    refuse("the signed content leaves out the body");
  }
  if (content.some(isField) && signature.value.form !== "list") {
    refuse("only a signature header in the form of a list has fields");
  }
  if (timestamp && !signs(timestamp.at)) refuse("the timestamp is not part of the signed content");
  const unsigned = event.id.filter(isHeader).find((ref) => !signs(ref));
  if (unsigned) {
    refuse(
      `header ${unsigned.names[0]} is not signed, so a replay could change it: it cannot be the event id`,
    );
  }
}

function sameRef(a: HeaderRef | FieldRef, b: HeaderRef | FieldRef): boolean {
  if (a.from === "field") return b.from === "field" && a.name === b.name;
  return b.from === "header" && a.names.join().toLowerCase() === b.names.join().toLowerCase();
}

export function isHeader(part: ContentPart | { readonly from: "payload" }): part is HeaderRef {
  return typeof part !== "string" && part.from === "header";
}

function isField(part: ContentPart): part is FieldRef {
  return typeof part !== "string" && part.from === "field";
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
