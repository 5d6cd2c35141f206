/*
 * A signature scheme as the configuration says it: plain data, which travels into the functions' bundles and the stack's
 * outputs as it is. docs/own-schemes.md shows examples.
 */

/**
 * A scheme of the user's own: exactly one of `hmac`, `token` and `standardWebhooks`, and what to read about the event.
 */
export interface OwnScheme {
  /** A keyed hash over the content. */
  readonly hmac?: OwnHmac | undefined;
  /** A secret that is sent with each request. It does not prove the content. */
  readonly token?: OwnToken | undefined;
  /** Standard Webhooks with headers of another prefix: `<prefix>-id`, `<prefix>-timestamp`, `<prefix>-signature`. */
  readonly standardWebhooks?: { readonly prefix: string } | undefined;
  readonly event?: OwnEvent | undefined;
  /** Where the events are in a body that contains several. */
  readonly batch?: OwnBatch | undefined;
  /** A challenge in a signed webhook, answered with a value from it. */
  readonly handshake?: OwnHandshake | undefined;
  /** Media types of the bodies, most common first. @default application/json */
  readonly contentTypes?: readonly string[] | undefined;
  /** Answer to an accepted webhook. @default 202, and 200 for a duplicate */
  readonly success?: { readonly status: number; readonly body?: string | undefined } | undefined;
}

export interface OwnHmac {
  /** Header with the signature. Of several names, the first one that is present is read. */
  readonly header: string | readonly string[];
  /** Text in front of the signature, such as `sha256=`. */
  readonly prefix?: string | undefined;
  /** Format of a header with a list, as in `t=1700000000,v1=<signature>`. @default the header is the signature alone */
  readonly list?: OwnList | undefined;
  /** @default sha256 */
  readonly hash?: "md5" | "sha1" | "sha256" | "sha512" | undefined;
  /** Encoding of the signature. `hex` is lower case only, `hex-any-case` accepts both. @default hex */
  readonly encoding?: "hex" | "hex-any-case" | "base64" | "base64url" | undefined;
  /** How the stored secret becomes the key. @default its text */
  readonly key?: OwnKey | undefined;
  /** Signed content, in order. @default [body] */
  readonly content?: readonly OwnPart[] | undefined;
  /** Location of the time of signing. @default none */
  readonly timestamp?: OwnTimestamp | undefined;
  /** `part` allows signed content without the body. */
  readonly covers?: "part" | undefined;
}

export interface OwnKey {
  /** @default utf8 */
  readonly encoding?: "utf8" | "base64" | "hex" | undefined;
  /** Prefix to remove before decoding, if present, such as `whsec_`. */
  readonly prefix?: string | undefined;
}

/** A list of items of the form `name=value`, or of values whose position says what they are. */
export interface OwnList {
  /** Name of the items that are signatures, such as `v1`. */
  readonly signature?: string | undefined;
  /** Names of the values before the signatures, in their order, such as `t`. */
  readonly fields?: readonly string[] | undefined;
  /** Separator between items. @default , */
  readonly separator?: "," | ";" | " " | undefined;
  /** Separator between an item's name and its value. @default = */
  readonly pair?: "=" | "," | undefined;
}

/**
 * A piece of the signed content: `body`, `timestamp`, `url`, `method`, `header.<Name>`, `body.<path>`, `field.<name>`
 * of the list, or a text. A text that begins with a letter is written `{ text: v0 }`, so that a misspelt word is an
 * error.
 */
export type OwnPart = string | { readonly text: string };

/** Location of the time of signing: exactly one of `header`, `field` and `body`. */
export interface OwnTimestamp {
  readonly header?: string | undefined;
  /** Name of an item of the signature header's list. */
  readonly field?: string | undefined;
  /** Dotted path into the payload. */
  readonly body?: string | undefined;
  /**
   * Format: seconds, milliseconds, one of the two according to its size, RFC 3339 (`iso-utc` may leave out its zone),
   * or the format of HTTP's `Date`.
   * @default s
   */
  readonly unit?: "s" | "ms" | "s-or-ms" | "iso" | "iso-utc" | "http-date" | undefined;
  /** Seconds that the provider's clock may differ from ours, to either side. @default 300 */
  readonly window?: number | undefined;
}

/** Location of the secret: exactly one of `header`, `query` and `basic`. */
export interface OwnToken {
  readonly header?: string | undefined;
  /** Text in front of the secret, such as `Bearer `. @default nothing: the whole value is the secret */
  readonly prefix?: string | undefined;
  /** Parameter of the URL's query. */
  readonly query?: string | undefined;
  /** Basic credentials in `Authorization`; the secret is `user:password`. */
  readonly basic?: true | undefined;
}

/** One or several locations, tried in order: `body.<path>` or `header.<Name>`. */
export type OwnPlaces = string | readonly string[];

export interface OwnEvent {
  /**
   * The provider's id, the same for every attempt. An unsigned header identifies the event only together with the
   * content.
   */
  readonly id?: OwnPlaces | undefined;
  /**
   * Alternatives for the event type. The pieces of an inner list are joined, as in `[[body.resource, ".",
   * body.action]]`.
   */
  readonly type?: string | readonly (string | readonly string[])[] | undefined;
  /** Time of the event: RFC 3339, or seconds or milliseconds. */
  readonly time?: OwnPlaces | undefined;
  /** Entity that the event is about; `orderingKey: entity` orders by it. */
  readonly entity?: OwnPlaces | undefined;
  /**
   * What identifies an event without an id: its content, its content and the time of signing, or nothing, so that each
   * request is an event.
   * @default body-and-time if a time is signed, otherwise body; request if the body is not signed
   */
  readonly otherwise?: "body" | "body-and-time" | "request" | undefined;
}

/** Dotted paths to the facts of each event. All but `at` begin at the event. */
export interface OwnBatch {
  /** Path of the list in the payload: `events`, or `*` if the payload itself is the list. */
  readonly at: string;
  readonly id?: string | undefined;
  readonly type?: string | undefined;
  readonly time?: string | undefined;
  readonly entity?: string | undefined;
}

export interface OwnHandshake {
  /** Value of the payload by which a challenge is recognized: `{ body: type, equals: url_verification }`. */
  readonly when: { readonly body: string; readonly equals: string };
  /** Dotted path to the value to send back as plain text. */
  readonly echo: string;
}
