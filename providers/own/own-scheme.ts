/*
 * A signature scheme as the configuration says it: plain data, which travels into the functions' bundles and the stack's
 * outputs as it is. docs/own-schemes.md shows examples.
 */

/** A scheme of one's own: exactly one of `hmac`, `token` and `standardWebhooks`, and what the event says of itself. */
export interface OwnScheme {
  /** A keyed hash over what is sent. */
  readonly hmac?: OwnHmac | undefined;
  /** A secret that travels with each request, and proves nothing of what it says. */
  readonly token?: OwnToken | undefined;
  /** Standard Webhooks under headers of its own: `<prefix>-id`, `<prefix>-timestamp`, `<prefix>-signature`. */
  readonly standardWebhooks?: { readonly prefix: string } | undefined;
  readonly event?: OwnEvent | undefined;
  /** Where the events are in a body that holds several. */
  readonly batch?: OwnBatch | undefined;
  /** A challenge in a signed webhook, answered with a value out of it. */
  readonly handshake?: OwnHandshake | undefined;
  /** Media types of the bodies, most usual first. @default application/json */
  readonly contentTypes?: readonly string[] | undefined;
  /** The answer to a webhook that was taken. @default 202, and 200 for a duplicate */
  readonly success?: { readonly status: number; readonly body?: string | undefined } | undefined;
}

export interface OwnHmac {
  /** Where the signature is; of several names the first one present is read. */
  readonly header: string | readonly string[];
  /** What stands in front of the signature, such as `sha256=`. */
  readonly prefix?: string | undefined;
  /** The header holds a list, as in `t=1700000000,v1=<signature>`. @default it holds the signature alone */
  readonly list?: OwnList | undefined;
  /** @default sha256 */
  readonly hash?: "md5" | "sha1" | "sha256" | "sha512" | undefined;
  /** `hex` is lower case, `hex-any-case` either. @default hex */
  readonly encoding?: "hex" | "hex-any-case" | "base64" | "base64url" | undefined;
  /** How the stored secret becomes the key. @default its text */
  readonly key?: OwnKey | undefined;
  /** What is signed, in order. @default [body] */
  readonly content?: readonly OwnPart[] | undefined;
  /** When it was signed. @default nothing says so */
  readonly timestamp?: OwnTimestamp | undefined;
  /** `part` accepts that the content leaves out the body. */
  readonly covers?: "part" | undefined;
}

export interface OwnKey {
  /** @default utf8 */
  readonly encoding?: "utf8" | "base64" | "hex" | undefined;
  /** Taken off before decoding, where present, such as `whsec_`. */
  readonly prefix?: string | undefined;
}

/** Either items of the form `name=value`, or values by their position. */
export interface OwnList {
  /** Name of the items that are signatures, such as `v1`. */
  readonly signature?: string | undefined;
  /** Names for the values in front of the signatures, in their order, such as `t`. */
  readonly fields?: readonly string[] | undefined;
  /** Between items. @default , */
  readonly separator?: "," | ";" | " " | undefined;
  /** Between an item's name and its value. @default = */
  readonly pair?: "=" | "," | undefined;
}

/**
 * A piece of the signed content: `body`, `timestamp`, `url`, `method`, `header.<Name>`, `body.<path>`, `field.<name>` of the
 * list, or a text. A text that begins with a letter is written `{ text: v0 }`, so that a misspelt word is none.
 */
export type OwnPart = string | { readonly text: string };

/** Exactly one of `header`, `field` and `body`. */
export interface OwnTimestamp {
  readonly header?: string | undefined;
  /** Name of an item of the signature header's list. */
  readonly field?: string | undefined;
  /** Dotted path into the payload. */
  readonly body?: string | undefined;
  /**
   * Seconds, milliseconds, either by its size, RFC 3339 (`iso-utc` may leave its zone out), or as in HTTP's `Date`.
   * @default s
   */
  readonly unit?: "s" | "ms" | "s-or-ms" | "iso" | "iso-utc" | "http-date" | undefined;
  /** Seconds that the provider's clock may differ from ours, to either side. @default 300 */
  readonly window?: number | undefined;
}

/** Exactly one of `header`, `query` and `basic`. */
export interface OwnToken {
  readonly header?: string | undefined;
  /** What stands in front of the secret there, such as `Bearer `. @default nothing: the whole value is the secret */
  readonly prefix?: string | undefined;
  /** Parameter of the address. */
  readonly query?: string | undefined;
  /** Basic credentials in `Authorization`; the secret is `user:password`. */
  readonly basic?: true | undefined;
}

/** Where one or several alternatives are, tried in order: `body.<path>` or `header.<Name>`. */
export type OwnPlaces = string | readonly string[];

export interface OwnEvent {
  /** The provider's id, the same for every attempt. A header that is not signed counts only together with the content. */
  readonly id?: OwnPlaces | undefined;
  /** A list inside of the list is put together, as in `[[body.resource, ".", body.action]]`. */
  readonly type?: string | readonly (string | readonly string[])[] | undefined;
  /** When it happened: RFC 3339, or seconds or milliseconds. */
  readonly time?: OwnPlaces | undefined;
  /** What it is about; `orderingKey: entity` orders by it. */
  readonly entity?: OwnPlaces | undefined;
  /**
   * What identifies an event without an id: its content, its content and the time of signing, or nothing, so that each
   * request is an event. @default body-and-time where a time is signed, else body; request where the body is not signed
   */
  readonly otherwise?: "body" | "body-and-time" | "request" | undefined;
}

/** Dotted paths; but for `at` they begin at the event. */
export interface OwnBatch {
  /** Path of the list, from the payload: `events`, or `*` where the payload is one. */
  readonly at: string;
  readonly id?: string | undefined;
  readonly type?: string | undefined;
  readonly time?: string | undefined;
  readonly entity?: string | undefined;
}

export interface OwnHandshake {
  /** Value of the payload that says that this is a challenge: `{ body: type, equals: url_verification }`. */
  readonly when: { readonly body: string; readonly equals: string };
  /** Dotted path to what is sent back as plain text. */
  readonly echo: string;
}
