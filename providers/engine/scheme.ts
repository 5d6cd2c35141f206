import type { Elements, EventLocations, TimeUnit } from "./event-locations";
import type { FieldRef, HeaderRef, PathRef, QueryRef } from "./references";
import type { CustomVerification } from "./custom-verification";
import type { CodedHandshake } from "./challenge";
import type { WebhookRequest } from "./request";

/**
 * The declarative shape of a signature scheme. A scheme says which bytes a provider signs and where it puts the result;
 * verifying, signing, the headers an API must require and the docs are all derived from that one definition, so
 * whatever can be verified can also be signed by the demo, the load scripts and the tests.
 */
export interface Scheme {
  /** Name used in the configuration, e.g. `standard-webhooks`. */
  readonly id: string;
  /** Name as people write it. */
  readonly name: string;
  /**
   * How the facts below are known: recomputed from a published test vector, read in the provider's docs or code, or
   * taken from a secondary source.
   */
  readonly confidence: "vector" | "official" | "secondary";
  readonly verify: Verification;
  /** What is proved about the body, where that is not all of it; {@link compile} rejects a scheme that says otherwise. */
  readonly covers?: Coverage;
  readonly event: EventLocations;
  /** Where the events are in a body that holds several; without it the body is always one event. */
  readonly elements?: Elements;
  /** Where a body holds the secret that proves its sender, also in one of its events alone: blank in what is published. */
  readonly secretFields?: readonly PathRef[];
  /** Challenges by which a provider sees that the endpoint is really its user's. */
  readonly handshakes?: readonly (Handshake | CodedHandshake)[];
  /** Media types of the bodies. @default ["application/json"] */
  readonly contentTypes?: readonly string[];
  /** The payload inside of the body, where it is wrapped in another form; undefined if this body is not. */
  readonly unwrap?: (request: WebhookRequest) => WrappedPayload | undefined;
  /** The answer to a webhook that was taken, where the provider insists on one. @default 202, and 200 for a duplicate */
  readonly success?: SuccessAnswer;
}

/**
 * `part`: some values are signed, the event itself is not, so anyone who has seen one request can send other events with
 * its signature. `nothing`: a shared token or password says who sends and not what, or there is not even that.
 */
export type Coverage = "part" | "nothing";

export interface SuccessAnswer {
  readonly status: number;
  /** @default "" */
  readonly body?: string;
  /** Only to bodies of this media type; others get the usual answers. */
  readonly only?: string;
}

/** A payload that was taken out of a form, a token or an envelope. */
export interface WrappedPayload {
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** Event type, where the payload is in no form that the scheme's paths lead into. */
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

/** The three that compute something over `content`. */
export type SignedVerification = HmacVerification | DigestVerification | PublicKeyVerification;

interface SignedContent {
  readonly signature: SignatureFormat;
  /** The signed bytes, in order. The body is always the bytes as received, never decoded and encoded again. */
  readonly content: readonly ContentPart[];
  /** When the provider signed. Without one, only deduplication stands between a captured request and its replay. */
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

/** A signature that the provider makes with its private key; what is configured is the public one. */
export interface PublicKeyVerification extends SignedContent {
  readonly kind: "public-key";
  /** `ecdsa-sha256` is on P-256 and written in DER; `rsa-sha256` is PKCS #1 v1.5. */
  readonly algorithm: "ed25519" | "ecdsa-sha256" | "rsa-sha256";
  readonly key: PublicKeyFormat;
}

/** A secret that travels with every request. */
export interface TokenVerification {
  readonly kind: "token";
  readonly at: HeaderRef | QueryRef;
  /** What stands in front of the secret, such as `Bearer `. @default nothing */
  readonly prefix?: string;
}

/** User name and password in the header `Authorization`; the secret is `user:password`. */
export interface BasicVerification {
  readonly kind: "basic";
}

/** Nothing. Everybody who knows the address can send. */
export interface NoVerification {
  readonly kind: "none";
}

/** How the configured secret becomes the bytes of the key. */
export interface KeyFormat {
  /** `utf8`: the text itself, also if it looks like base64. `base64`: decoded, with or without its padding. */
  readonly encoding: "utf8" | "base64" | "hex";
  /** Taken off before decoding, where present. */
  readonly stripPrefix?: string;
}

/** How the configured text becomes a public key; PEM is always understood. */
export interface PublicKeyFormat {
  /** `spki`: base64 of the DER that PEM holds. `raw-hex`, `raw-base64`: the 32 bytes of an Ed25519 key. */
  readonly encoding: "spki" | "raw-hex" | "raw-base64";
  /** Taken off before decoding, where present. */
  readonly stripPrefix?: string;
}

/** Where signatures are and how they are written. */
export interface SignatureFormat {
  /** Header names in canonical case, most usual first. */
  readonly headers: readonly string[];
  /**
   * `first`: the first header present is read, and must be there once. `each`: all of them are, each as often as it
   * comes, and any signature may match. `numbered`: as `each`, for the name with `-1` to `-100` behind it.
   * @default "first"
   */
  readonly read?: "first" | "each" | "numbered";
  /** Instead of headers, with `headers` empty: a value of the payload. */
  readonly at?: PathRef;
  readonly value: ValueFormat;
  /**
   * `hex` is lower case only, as all providers but a few write it; `hex-any-case` and `base64` as named; padding is
   * never optional. `base64url` has none.
   */
  readonly encoding: "hex" | "hex-any-case" | "base64" | "base64url";
}

/** How one or more signatures stand in the value. */
export type ValueFormat =
  /** The whole value is the signature, after a prefix such as `sha256=`. */
  | { readonly form: "whole"; readonly prefix?: string; readonly prefixOptional?: boolean }
  /**
   * A list of `name<pair>text`, such as `t=1700000000,v1=<sig>,v1=<sig>` or `v1,<sig> v1,<sig> v1a,<sig>`. Every item
   * of the name `signature` is one; the others are fields. White space around an item means nothing.
   */
  | {
      readonly form: "list";
      readonly separator: "," | ", " | ";" | " ";
      readonly pair: "=" | ",";
      readonly signature: string;
      /** The provider writes its fields behind the signatures; either order is read. */
      readonly fields?: "last";
      /** Separates whole lists, each with fields and signatures of its own, of which any may match. */
      readonly groups?: " ";
    }
  /** A list of texts, such as `1700000000,<sig>,<sig>`: the fields in this order, then signatures. */
  | { readonly form: "positions"; readonly separator: ","; readonly fields: readonly string[] };

/** One piece of the signed content. A plain string stands for itself. */
export type ContentPart =
  | string
  | HeaderRef
  | FieldRef
  /** A text or a whole number. */
  | PathRef
  | { readonly from: "body" }
  /** The public URL of the endpoint, as it is configured at the provider. */
  | { readonly from: "url" }
  | { readonly from: "method" }
  /** Only for `digest`. */
  | { readonly from: "secret" };

export interface SignedTimestamp {
  /** What is signed is always this text as sent, never a number written again. One in the payload is read last. */
  readonly at: HeaderRef | FieldRef | PathRef;
  readonly unit: TimeUnit;
  /** Seconds that the provider's clock may differ from ours, to either side. 300 if the provider names none. */
  readonly window: number;
}

/** A challenge inside a verified webhook, answered with a value out of it. */
export interface Handshake {
  readonly when: { readonly at: PathRef; readonly equals: string };
  /** Text to send back as the whole body, `text/plain`. */
  readonly echo: PathRef;
}

/** Whether something is computed over the request, so that it has a signature, content and perhaps a time. */
export function isSigned(verify: Scheme["verify"]): verify is SignedVerification {
  return verify.kind === "hmac" || verify.kind === "digest" || verify.kind === "public-key";
}
