import { algorithmOf, type Algorithm } from "./algorithm";
import type { MessagePart } from "./content";
import { signatureDecoder, type SignatureDecoder } from "./encoding";
import { ConfigurationError } from "./errors";
import { contextOf } from "./event";
import { headerNames, type HeaderNames } from "./headers";
import { isSigned, type ContentPart, type Scheme, type SignedVerification } from "./scheme";
import type { FieldRef, HeaderRef, KeyRef, PathRef } from "./references";
import { AUTHORIZATION, tokenReader } from "./token";

/** A scheme with everything that can be computed in advance, so that a request costs only the work on its own bytes. */
export interface CompiledScheme {
  /** Unsigned headers that describe the event. A request may contain each of them at most once. */
  readonly describing: readonly HeaderNames[];
  /** Canonical names of the headers without which no request can be accepted. */
  readonly requiredHeaders: readonly string[];
  readonly names: (ref: HeaderRef) => HeaderNames;
  /**
   * Returns the hash of a secret, for schemes that send the secret itself. @throws ConfigurationError if the secret is
   * invalid
   */
  readonly token: (secret: string, index: number) => Buffer;
  /** Signature, for schemes that compute one over the request. */
  readonly signed?: CompiledSignature;
}

export interface CompiledSignature {
  readonly verify: SignedVerification;
  readonly algorithm: Algorithm;
  readonly decode: SignatureDecoder;
  /**
   * Buffer for the first signature of a request, reused since nearly all requests have one and verification is
   * synchronous.
   */
  readonly scratch: Buffer;
  readonly signatureHeader: HeaderNames;
  /** Parts of the signed content that are in the message. */
  readonly content: readonly MessagePart[];
  /** Whether verification needs values of the body, which are not proved yet at that time. */
  readonly readsUnproved: boolean;
  /** Fields of the signature header that are used. Each may occur only once. */
  readonly fields: ReadonlySet<string>;
}

const compiled = new WeakMap<Scheme, CompiledScheme>();

/**
 * Prepares a scheme, once: the result is cached.
 * @throws ConfigurationError for a scheme that could not be secure: its signature leaves out the timestamp that is
 * checked, or the event's id; or it leaves out the body without saying so
 */
export function compile(scheme: Scheme): CompiledScheme {
  let result = compiled.get(scheme);
  if (!result) {
    result = prepare(scheme);
    compiled.set(scheme, result);
  }
  return result;
}

function prepare(scheme: Scheme): CompiledScheme {
  assertSound(scheme);
  const { verify, event } = scheme;
  const describing = [
    event.deliveryId,
    ...contextOf(event),
    ...event.time.map(({ at }) => at).filter(isHeader),
  ].filter((ref) => ref !== undefined);
  const needed = neededHeaders(verify);
  const timestamp = isSigned(verify) && verify.timestamp ? [verify.timestamp.at].filter(isHeader) : [];
  // Create one object for each header, however often it is referred to.
  const byName = new Map([...needed, ...timestamp].map((ref) => [ref.names.join(), headerNames(ref.names)]));
  const namesOf = (ref: HeaderRef): HeaderNames => byName.get(ref.names.join()) ?? headerNames(ref.names);
  const names = new Map([...needed, ...timestamp].map((ref) => [ref, namesOf(ref)]));
  return {
    describing: [...new Map(describing.map((ref) => [ref.names.join(), headerNames(ref.names)])).values()],
    // Leave out headers with an alternative name: a request may have either.
    requiredHeaders: unique(needed.flatMap((ref) => (ref.names.length === 1 ? ref.names : []))),
    names: (ref) => names.get(ref) ?? namesOf(ref),
    token: tokenReader(scheme.id, verify.kind === "basic" ? "basic" : "token"),
    ...(isSigned(verify) && { signed: prepareSignature(scheme.id, verify) }),
  };
}

function prepareSignature(id: string, verify: SignedVerification): CompiledSignature {
  const algorithm = algorithmOf(id, verify);
  return {
    verify,
    algorithm,
    decode: signatureDecoder(verify.signature.encoding, algorithm.signatureLength),
    scratch: Buffer.alloc(algorithm.signatureLength ?? 0),
    signatureHeader: headerNames(verify.signature.headers),
    content: verify.content.filter(isInMessage),
    readsUnproved:
      verify.signature.at !== undefined ||
      verify.content.some((part) => typeof part !== "string" && part.from === "payload"),
    fields: new Set(verify.content.filter(isField).map(({ name }) => name)),
  };
}

/** Returns the headers that a request must have for its proof. */
function neededHeaders(verify: Scheme["verify"]): readonly HeaderRef[] {
  switch (verify.kind) {
    case "none":
      return [];
    case "custom":
      return verify.requiredHeaders.map((name) => ({ from: "header", names: [name] }));
    case "basic":
      return [AUTHORIZATION];
    case "token":
      return isHeader(verify.at) ? [verify.at] : [];
    case "hmac":
    case "digest":
    case "public-key": {
      const { headers, read } = verify.signature;
      const signature: HeaderRef = {
        from: "header",
        names: read === "numbered" ? headers.map((name) => `${name}-1`) : headers,
      };
      return [...(headers.length > 0 ? [signature] : []), ...verify.content.filter(isHeader)];
    }
  }
}

function assertSound(scheme: Scheme): void {
  const { id, verify, event } = scheme;
  const reject = (problem: string): never => {
    throw new ConfigurationError(`scheme ${id}: ${problem}`);
  };
  const batch = event.id.find((ref) => ref.from === "payload" && ref.path.includes("*"));
  if (batch) reject("one element of a list cannot be the event id");

  // Skip custom code: only its own comments and tests can say what it covers.
  if (verify.kind === "custom") return;
  if (!isSigned(verify)) {
    if (scheme.covers !== "nothing") reject("nothing is signed, and it does not say that it covers nothing");
    if (event.otherwise.by === "body-and-time")
      reject("it has no time of signing that could identify an event");
    const unsigned = event.id.find(isHeader);
    if (unsigned) reject(notSigned(unsigned));
    return;
  }
  const { content, signature, timestamp } = verify;
  const signs = (wanted: HeaderRef | FieldRef | PathRef): boolean =>
    content.some((part) => typeof part !== "string" && "from" in part && sameRef(part, wanted));
  const coversBody = content.some((part) => typeof part !== "string" && part.from === "body");

  if (!coversBody && scheme.covers !== "part") reject("the signed content leaves out the body");
  if (coversBody && scheme.covers !== undefined) reject("it covers the body and says that it does not");
  if (content.some(isField) && signature.value.form === "whole") {
    reject("only a signature header in the form of a list has fields");
  }
  if ((signature.headers.length === 0) === (signature.at === undefined)) {
    reject("the signature is in headers or in the payload");
  }
  if (
    (verify.kind === "digest") !==
    content.some((part) => typeof part !== "string" && part.from === "secret")
  ) {
    reject("a digest, and nothing else, has the secret in its content");
  }
  const [first] = content;
  if (verify.kind === "digest" && (typeof first === "string" || first?.from !== "secret")) {
    reject("the content of a digest begins with the secret");
  }
  const signedWithBody = timestamp?.at.from === "payload" && coversBody;
  if (timestamp && !signedWithBody && !signs(timestamp.at)) {
    reject("the timestamp is not part of the signed content");
  }
  const unsigned = event.id.find((ref) => !(ref.from === "payload" && coversBody) && !signs(ref));
  if (unsigned) reject(notSigned(unsigned));
  if (event.deliveryId && signs(event.deliveryId)) {
    reject(`header ${event.deliveryId.names[0]} is signed: it is the event id and no unsigned delivery id`);
  }
  if (!coversBody && (event.hashOf ?? event.otherwise.by !== "request")) {
    reject("the body is not signed, so no hash of it can identify an event: a replay could change it");
  }
  if (event.otherwise.by === "body-and-time" && !timestamp) {
    reject("it has no time of signing that could identify an event");
  }
}

function notSigned(ref: HeaderRef | PathRef): string {
  const name = isHeader(ref) ? `header ${ref.names[0]}` : ref.path.join(".");
  return `${name} is not signed, so a replay could change it: it cannot be the event id`;
}

function sameRef(a: Exclude<ContentPart, string>, b: HeaderRef | FieldRef | PathRef): boolean {
  if (a.from === "field") return b.from === "field" && a.name === b.name;
  if (a.from === "payload") return b.from === "payload" && a.path.join("\0") === b.path.join("\0");
  return (
    a.from === "header" &&
    b.from === "header" &&
    a.names.join().toLowerCase() === b.names.join().toLowerCase()
  );
}

export function isHeader(part: ContentPart | KeyRef | { readonly from: "query" }): part is HeaderRef {
  return typeof part !== "string" && part.from === "header";
}

function isField(part: ContentPart): part is FieldRef {
  return typeof part !== "string" && part.from === "field";
}

function isInMessage(part: ContentPart): part is MessagePart {
  return typeof part === "string" || part.from !== "secret";
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
