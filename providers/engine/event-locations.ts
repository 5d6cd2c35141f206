import type { HeaderRef, KeyRef, PathRef } from "./references";

/**
 * Seconds or milliseconds since the epoch, either of the two by its size, or an RFC 3339 text; `iso-utc` is one that may
 * leave its zone out and is in UTC then; `http-date` is the form of HTTP's own `Date`, `Tue, 14 Apr 2026 03:50:12 GMT`.
 */
export type TimeUnit = "s" | "ms" | "s-or-ms" | "iso" | "iso-utc" | "http-date";

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
   * that is sent again has the same time and is a duplicate. A retry that is signed again is a second event.
   */
  | { readonly by: "body-and-time"; readonly because: string }
  /**
   * Nothing: a second happening can have the same bytes and nothing distinguishes it from a retry. Each request is an event of
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
   * The provider's event id, stable over its retries, inside of what is signed: {@link compile} rejects an unsigned
   * header here, because anyone who has captured one signed request could keep a future event out by sending its id first.
   */
  readonly id: readonly (HeaderRef | PathRef)[];
  /**
   * The signed values that make up the event if it has no id of its own and the body changes between attempts (a
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
 * event. A provider with `split: true` publishes each of them on its own.
 */
export interface Elements {
  /** Paths that end in `*`. If one of two values contains the other, the inner one is the event. */
  readonly at: readonly PathRef[];
  /** The field that holds the payload, where the body is a form. */
  readonly inField?: string;
  /**
   * The event's data is the whole payload with this event as the only one, instead of the event alone: for providers
   * that say only around it whose it is. What the paths below do not find is then read by the scheme's `event`.
   */
  readonly enclosed?: true;
  /**
   * The provider's id of it, stable over retries that group the events again: alternatives of values that are put
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
