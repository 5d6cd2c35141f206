import type { CustomVerification } from "./custom-verification";
import type { CodedHandshake } from "./question";
import type { WebhookRequest } from "./request";

/**
 * The declarative shape of a signature scheme. A scheme says which bytes a sender signs and where it puts the result;
 * verifying, signing, the headers an API must require and the docs are all derived from that one definition, so
 * whatever can be verified can also be signed by the demo, the load scripts and the tests.
 */
export interface Scheme {
  /** Name used in the configuration, e.g. `standard-webhooks`. */
  readonly id: string;
  /** Name as people write it. */
  readonly name: string;
  /** The sender's own page on its signatures. */
  readonly docs: string;
  /**
   * How the facts below are known: recomputed from a published test vector, read in the sender's docs or code, or
   * taken from a secondary source.
   */
  readonly confidence: "vector" | "official" | "secondary";
  /** For the one who sets it up; the functions never read it. */
  readonly setup?: Setup;
  readonly verify: Verification;
  /** What is proved about the body, where that is not all of it; {@link compile} refuses a scheme that says otherwise. */
  readonly covers?: Coverage;
  readonly event: EventLocations;
  /** Where the events are in a body that holds several; without it the body is always one event. */
  readonly elements?: Elements;
  /** Questions a sender asks to see that the endpoint is really its user's. */
  readonly handshakes?: readonly (Handshake | CodedHandshake)[];
  /** Media types of the bodies. @default ["application/json"] */
  readonly contentTypes?: readonly string[];
  /** The payload inside of the body, where it is wrapped in another form; undefined where this body is not. */
  readonly unwrap?: (request: WebhookRequest) => WrappedPayload | undefined;
  /** The answer to a webhook that was taken, where the sender insists on one. @default 202, and 200 for a duplicate */
  readonly success?: SuccessAnswer;
}

/** How somebody makes the sender send here. */
export interface Setup {
  /** What to click or call at the sender, without a full stop. */
  readonly where: string;
  /** Which secret to copy, without a full stop. */
  readonly secret: string;
  /** What else one has to know, in whole sentences. */
  readonly notes?: string;
}

/**
 * `part`: some values are signed, the event itself is not, so whoever has seen one request can send other events with
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
  /** When the sender signed. Without one, only deduplication stands between a captured request and its replay. */
  readonly timestamp?: SignedTimestamp;
}

/** A keyed hash over `content`. */
export interface HmacVerification extends SignedContent {
  readonly kind: "hmac";
  readonly hash: "sha1" | "sha256" | "sha512";
  readonly key: KeyFormat;
}

/** A plain hash with the secret as the first part of `content`. Weaker than an HMAC; some senders still use it. */
export interface DigestVerification extends SignedContent {
  readonly kind: "digest";
  readonly hash: "sha256";
}

/** A signature that the sender makes with its private key; what is configured is the public one. */
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
  /** `utf8`: the text itself, also where it looks like base64. `base64`: decoded, with or without its padding. */
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
   * `hex` is lower case only, as all senders but a few write it; `hex-any-case` and `base64` as named; padding is
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
      readonly separator: "," | ";" | " ";
      readonly pair: "=" | ",";
      readonly signature: string;
      /** Separates whole lists, each with fields and signatures of its own, of which any may match. */
      readonly groups?: " ";
    }
  /** A list of texts, such as `1700000000,<sig>,<sig>`: the fields in this order, then signatures. */
  | { readonly form: "positions"; readonly separator: ","; readonly fields: readonly string[] };

/** A named header; where several names are given, the first one present is read. */
export interface HeaderRef {
  readonly from: "header";
  readonly names: readonly string[];
}
/** A field of a signature header in the form `list` or `positions`. */
export interface FieldRef {
  readonly from: "field";
  readonly name: string;
}
/** A parameter of the URL's query. */
export interface QueryRef {
  readonly from: "query";
  readonly name: string;
}
/**
 * A value of the parsed payload: property names and array indexes, from the outside in. `*` stands for every element
 * of a list and holds where all of them agree, so that a batch of one kind is of that kind.
 */
export interface PathRef {
  readonly from: "payload";
  readonly path: readonly string[];
}
/** The first of these names that the payload, an object, has a property of: the name itself is the value. */
export interface KeyRef {
  readonly from: "key";
  readonly among: readonly string[];
}

/** One piece of the signed content. A plain string stands for itself. */
export type ContentPart =
  | string
  | HeaderRef
  | FieldRef
  /** A text or a whole number. */
  | PathRef
  | { readonly from: "body" }
  /** The public URL of the endpoint, as it is configured at the sender. */
  | { readonly from: "url" }
  | { readonly from: "method" }
  /** Only for `digest`. */
  | { readonly from: "secret" };

export interface SignedTimestamp {
  /** What is signed is always this text as sent, never a number written again. One in the payload is read last. */
  readonly at: HeaderRef | FieldRef | PathRef;
  readonly unit: TimeUnit;
  /** Seconds that the sender's clock may differ from ours, to either side. 300 where the sender names none. */
  readonly window: number;
}

/**
 * Seconds or milliseconds since the epoch, either of the two by its size, or an RFC 3339 text; `iso-utc` is one that may
 * leave its zone out and is in UTC then.
 */
export type TimeUnit = "s" | "ms" | "s-or-ms" | "iso" | "iso-utc";

/**
 * What identifies an event that has neither an id in its signed content nor one in a header. Every scheme decides, and
 * says why in whole sentences, for the docs: a duplicate costs a consumer a check, a loss costs the user the event.
 */
export type Otherwise =
  /**
   * The signed content: a second happening has other bytes, so equal bytes are a retry. Say what in the body differs
   * from happening to happening.
   */
  | { readonly by: "body"; readonly because: string }
  /**
   * The signed content with the time of signing, because a second happening can have the same body. A captured request
   * that is sent again has the same time and is a duplicate. A retry that is signed anew is a second event.
   */
  | { readonly by: "body-and-time"; readonly because: string }
  /**
   * Nothing: a second happening can have the same bytes and nothing tells it from a retry. Each request is an event of
   * its own, and so is a retry or a replay.
   */
  | { readonly by: "request"; readonly because: string };

/**
 * Where an event says what it is. Alternatives are tried in order.
 *
 * An event's identity is found by the first of these rules that fits the request:
 * 1. a stable event id inside the signed content: {@link EventLocations.id}, {@link EventLocations.hashOf};
 * 2. the provider's id of the event or the delivery in a header that it keeps on retries, which may be unsigned:
 *    {@link EventLocations.deliveryId}. The key of deduplication binds it to the content, so that nobody can suppress an
 *    event by sending its id first;
 * 3. and 4. {@link EventLocations.otherwise}.
 */
export interface EventLocations {
  /**
   * The provider's event id, stable over its retries, inside of what is signed: {@link compile} refuses an unsigned
   * header here, because whoever has captured one signed request could keep a future event out by sending its id first.
   */
  readonly id: readonly (HeaderRef | PathRef)[];
  /**
   * The signed values that make up the event where it has no id of its own and the body changes between attempts (a
   * counter, the time of sending): the id is a hash of them all, where all are there. `*` takes the values of a whole list.
   */
  readonly hashOf?: readonly PathRef[];
  /** The header with the provider's id for the event or the delivery, which it keeps on retries. Unsigned. */
  readonly deliveryId?: HeaderRef;
  /**
   * Unsigned headers besides those of `type` and `entity` that say what happened: part of the identity under rules 2
   * and 3, because bodies that say only what state something is in are the same for several types or shops.
   */
  readonly context?: readonly HeaderRef[];
  readonly otherwise: Otherwise;
  /** Unsigned ids that are new at each attempt or shared by several events: logged for people, never a key. */
  readonly loggedIds?: readonly HeaderRef[];
  /** Each alternative is a list of pieces put together; it holds if every piece is there. */
  readonly type: readonly (readonly (string | HeaderRef | PathRef | KeyRef)[])[];
  /** When the event happened, not when the request was sent: the latter differs between retries. */
  readonly time: readonly { readonly at: HeaderRef | PathRef; readonly unit: TimeUnit }[];
  /**
   * What the event is about, and so what its order matters to: an account, a repository, a customer. The provider's
   * `orderingKey: entity` takes it.
   */
  readonly entity?: readonly (HeaderRef | PathRef)[];
}

/**
 * Where the events are in a body that holds several, and where each says what it is: the paths but `at` begin at the
 * event. A provider with `split: true` publishes each of them by itself.
 */
export interface Elements {
  /** Paths that end in `*`. Of two values where one holds the other, the inner one is the event. */
  readonly at: readonly PathRef[];
  /**
   * The event's data is the whole payload with this event as the only one, instead of the event alone: for providers
   * that say only around it whose it is. What the paths below do not find is then read by the scheme's `event`.
   */
  readonly enclosed?: true;
  /**
   * The provider's id of it, stable over retries that group the events anew: alternatives of values that are put
   * together with colons. Without one the id is that of the body and the event's place in it.
   */
  readonly id?: readonly (readonly PathRef[])[];
  /** Instead of an id: the hash of these values, or of the event's own text where that differs for each event. */
  readonly hashOf?: readonly PathRef[] | "element";
  /** Alternatives of values that are put together with dots. */
  readonly type?: readonly (readonly PathRef[])[];
  /** When it happened. */
  readonly time?: readonly { readonly at: PathRef; readonly unit: TimeUnit }[];
  /** What it is about, see {@link EventLocations.entity}. */
  readonly entity?: readonly PathRef[];
}

/** A question inside a verified webhook, answered with a value out of it. */
export interface Handshake {
  readonly when: { readonly at: PathRef; readonly equals: string };
  /** Text to send back as the whole body, `text/plain`. */
  readonly echo: PathRef;
}

/** The body as received. */
export const body = { from: "body" } as const;
/** The endpoint's public URL. */
export const url = { from: "url" } as const;
/** The request's method. */
export const method = { from: "method" } as const;
/** The configured secret. */
export const secret = { from: "secret" } as const;
/** A header by its names in canonical case, the first one present. */
export function header(...names: readonly string[]): HeaderRef {
  return { from: "header", names };
}
/** A field of the signature header. */
export function field(name: string): FieldRef {
  return { from: "field", name };
}
/** A parameter of the query. */
export function query(name: string): QueryRef {
  return { from: "query", name };
}
/** A value of the payload by its dotted path, e.g. `event.type` or `events.*.action`. */
export function path(dotted: string): PathRef {
  return { from: "payload", path: dotted.split(".") };
}
/** Whichever of these properties the payload has. */
export function key(...among: readonly string[]): KeyRef {
  return { from: "key", among };
}

/** Whether something is computed over the request, so that it has a signature, content and perhaps a time. */
export function isSigned(verify: Scheme["verify"]): verify is SignedVerification {
  return verify.kind === "hmac" || verify.kind === "digest" || verify.kind === "public-key";
}
