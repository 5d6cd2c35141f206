import type { Elements, EventLocations, TimeUnit } from "./event-locations";
import type { FieldRef, HeaderRef, PathRef, QueryRef } from "./references";
import type { CustomVerification } from "./custom-verification";
import type { CodedHandshake } from "./challenge";
import type { WebhookRequest } from "./request";

/**
 * A signature scheme as data. It says which bytes a provider signs and where it puts the result. Verification, signing,
 * the headers that an API must require and the docs are all derived from this one definition, so whatever can be
 * verified can also be signed by the demo, the load scripts and the tests.
 */
export interface Scheme {
  /** Name used in the configuration, e.g. `standard-webhooks`. */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  /**
   * Source of the facts below: a published test vector that is recomputed, the provider's docs or code, or a secondary
   * source.
   */
  readonly confidence: "vector" | "official" | "secondary";
  readonly verify: Verification;
  /**
   * What is proved about the body, if that is not everything. {@link compile} rejects a scheme whose signed content
   * contradicts it.
   */
  readonly covers?: Coverage;
  readonly event: EventLocations;
  /** Where the events are in a body that can contain several. @default the body is always one event */
  readonly elements?: Elements;
  /**
   * Locations of a secret in the body, or in one of its events alone, that proves the provider: redacted in what is
   * published.
   */
  readonly secretFields?: readonly PathRef[];
  /** Challenges by which a provider checks that the endpoint really belongs to its user. */
  readonly handshakes?: readonly (Handshake | CodedHandshake)[];
  /** Media types of the bodies. @default ["application/json"] */
  readonly contentTypes?: readonly string[];
  /** Returns the payload inside the body, for providers that wrap it; undefined if this body is not wrapped. */
  readonly unwrap?: (request: WebhookRequest) => WrappedPayload | undefined;
  /** Answer to an accepted webhook, if the provider requires a certain one. @default 202, and 200 for a duplicate */
  readonly success?: SuccessAnswer;
}

/**
 * What is not proved about the body. `part`: some values are signed but not the event itself, so anyone who has seen
 * one request can send other events with its signature. `nothing`: a shared token or password proves the provider but
 * not the content, or there is not even that.
 */
export type Coverage = "part" | "nothing";

export interface SuccessAnswer {
  readonly status: number;
  /** @default "" */
  readonly body?: string;
  /** Media type of the bodies that get this answer; others get the usual ones. @default every body */
  readonly only?: string;
}

/** A payload that was taken out of a form, a token or an envelope. */
export interface WrappedPayload {
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** Event type, if the scheme's paths cannot find it in the payload. */
  readonly type?: string | undefined;
}

/** How a request proves who sent it. */
export type Verification =
  | HmacVerification
  | DigestVerification
  | PublicKeyVerification
  | TokenVerification
  | BasicVerification
  | NoVerification
  | CustomVerification;

/** A scheme with a keyed hash. */
export type HmacScheme = Scheme & { readonly verify: HmacVerification };

/** The kinds of verification with a signature over `content`. */
export type SignedVerification = HmacVerification | DigestVerification | PublicKeyVerification;

interface SignedContent {
  readonly signature: SignatureFormat;
  /** The signed bytes, in order. The body is always the bytes as received, never decoded and encoded again. */
  readonly content: readonly ContentPart[];
  /** Time of signing. Without one, only deduplication protects from the replay of a captured request. */
  readonly timestamp?: SignedTimestamp;
}

/** A keyed hash over `content`. */
export interface HmacVerification extends SignedContent {
  readonly kind: "hmac";
  readonly hash: "md5" | "sha1" | "sha256" | "sha512";
  readonly key: KeyFormat;
}

/** A plain hash with the secret as the first part of `content`. Weaker than an HMAC; some providers still use it. */
export interface DigestVerification extends SignedContent {
  readonly kind: "digest";
  readonly hash: "sha256";
}

/** A signature that the provider makes with its private key; the configured secret is the public key. */
export interface PublicKeyVerification extends SignedContent {
  readonly kind: "public-key";
  /** `ecdsa-sha256` is on P-256 and written in DER; `rsa-sha256` is PKCS #1 v1.5. */
  readonly algorithm: "ed25519" | "ecdsa-sha256" | "rsa-sha256";
  readonly key: PublicKeyFormat;
}

/** A secret that is sent with every request. */
export interface TokenVerification {
  readonly kind: "token";
  readonly at: HeaderRef | QueryRef;
  /** Text in front of the secret, such as `Bearer `. @default nothing */
  readonly prefix?: string;
}

/** User name and password in the header `Authorization`; the secret is `user:password`. */
export interface BasicVerification {
  readonly kind: "basic";
}

/** No proof: everybody who knows the URL can send. */
export interface NoVerification {
  readonly kind: "none";
}

/** How the configured secret becomes the bytes of the key. */
export interface KeyFormat {
  /** `utf8`: the text itself, also if it looks like base64. `base64`: decoded, with or without its padding. */
  readonly encoding: "utf8" | "base64" | "hex";
  /** Prefix to remove before decoding, if present. */
  readonly stripPrefix?: string;
}

/** How the configured text becomes a public key. PEM is always accepted. */
export interface PublicKeyFormat {
  /** `spki`: base64 of the DER that PEM holds. `raw-hex`, `raw-base64`: the 32 bytes of an Ed25519 key. */
  readonly encoding: "spki" | "raw-hex" | "raw-base64";
  /** Prefix to remove before decoding, if present. */
  readonly stripPrefix?: string;
}

/** Where signatures are and how they are written. */
export interface SignatureFormat {
  /** Header names in canonical case, most usual first. */
  readonly headers: readonly string[];
  /**
   * Which headers to read. `first`: the first header that is present; it must not be repeated. `each`: all of them,
   * including repeated ones, and any signature may match. `numbered`: like `each`, for names with a suffix `-1` to
   * `-100`.
   * @default "first"
   */
  readonly read?: "first" | "each" | "numbered";
  /** Value of the payload with the signature; `headers` is then empty. */
  readonly at?: PathRef;
  readonly value: ValueFormat;
  /**
   * Encoding of a signature. `hex` is lower case only, as nearly all providers write it; `hex-any-case` accepts both.
   * `base64` must have its padding, `base64url` has none.
   */
  readonly encoding: "hex" | "hex-any-case" | "base64" | "base64url";
}

/** How one or more signatures are written in the value. */
export type ValueFormat =
  /** The whole value is the signature, after a prefix such as `sha256=`. */
  | { readonly form: "whole"; readonly prefix?: string; readonly prefixOptional?: boolean }
  /**
   * A list of `name<pair>text`, such as `t=1700000000,v1=<sig>,v1=<sig>` or `v1,<sig> v1,<sig> v1a,<sig>`. Every item
   * whose name is `signature` is a signature; the others are fields. White space around an item is ignored.
   */
  | {
      readonly form: "list";
      readonly separator: "," | ", " | ";" | " ";
      readonly pair: "=" | ",";
      readonly signature: string;
      /** Signs with the fields after the signatures; verification accepts either order. */
      readonly fields?: "last";
      /** Separator of several lists in one value, each with its own fields and signatures. Any list may match. */
      readonly groups?: " ";
    }
  /** A list of texts, such as `1700000000,<sig>,<sig>`: the named fields in this order, then signatures. */
  | { readonly form: "positions"; readonly separator: ","; readonly fields: readonly string[] };

/** One piece of the signed content. A plain string stands for itself. */
export type ContentPart =
  | string
  | HeaderRef
  | FieldRef
  /** A value of the payload: a text or a whole number. */
  | PathRef
  | { readonly from: "body" }
  /** The public URL of the endpoint, as it is configured at the provider. */
  | { readonly from: "url" }
  | { readonly from: "method" }
  /** The secret, only for `digest`. */
  | { readonly from: "secret" };

export interface SignedTimestamp {
  /**
   * Location of the time. The signed content has its text as sent, never a number that was written again. A time in the
   * payload is checked after the signature.
   */
  readonly at: HeaderRef | FieldRef | PathRef;
  readonly unit: TimeUnit;
  /** Seconds that the provider's clock may differ from ours, to either side: 300 if the provider's docs give none. */
  readonly window: number;
}

/** A challenge inside a verified webhook, answered with a value from it. */
export interface Handshake {
  readonly when: { readonly at: PathRef; readonly equals: string };
  /** Text to send back as the whole body, `text/plain`. */
  readonly echo: PathRef;
}

/**
 * Returns whether the provider computes a signature over the request, so that there is signed content and perhaps a
 * time.
 */
export function isSigned(verify: Scheme["verify"]): verify is SignedVerification {
  return verify.kind === "hmac" || verify.kind === "digest" || verify.kind === "public-key";
}
