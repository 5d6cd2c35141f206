import type { HeaderRef, KeyRef, PathRef } from "./references";

/**
 * Format of a time: seconds or milliseconds since the epoch, one of the two according to its size, or an RFC 3339 text.
 * `iso-utc` may leave out its zone, which then is UTC. `http-date` is the format of HTTP's `Date` header, `Tue, 14 Apr
 * 2026 03:50:12 GMT`.
 */
export type TimeUnit = "s" | "ms" | "s-or-ms" | "iso" | "iso-utc" | "http-date";

/**
 * What identifies an event without an id, neither in its signed content nor in a header. Every scheme decides, and
 * gives the reason in whole sentences, for the docs: a duplicate costs a consumer a check, a loss costs the user
 * the event.
 */
export type Otherwise =
  /**
   * The signed content: a second event has other bytes, so equal bytes are a retry. The reason says what in the body
   * differs from event to event.
   */
  | { readonly by: "body"; readonly because: string }
  /**
   * The signed content with the time of signing, because a second event can have the same body. A replayed request has
   * the same time and is a duplicate. A retry that is signed again is a second event.
   */
  | { readonly by: "body-and-time"; readonly because: string }
  /**
   * Nothing: a second event can have the same bytes as the first, and cannot be distinguished from a retry. Each
   * request is an event of its own, including a retry or a replay.
   */
  | { readonly by: "request"; readonly because: string };

/**
 * Where a request says what happened. Alternatives are tried in order.
 *
 * An event's identity is found by the first of these rules that fits the request:
 * 1. a stable event id inside the signed content: {@link EventLocations.id}, {@link EventLocations.hashOf};
 * 2. the provider's id of the event or the delivery in a header that it keeps on retries, which may be unsigned:
 *    {@link EventLocations.deliveryId}. The deduplication key binds it to the content, so that nobody can suppress an
 *    event by sending its id first;
 * 3. and 4. {@link EventLocations.otherwise}.
 */
export interface EventLocations {
  /**
   * The provider's event id, stable over its retries, inside the signed content. {@link compile} rejects an unsigned
   * header here: with a captured request anyone could suppress a future event by sending its id first.
   */
  readonly id: readonly (HeaderRef | PathRef)[];
  /**
   * Signed values that together identify the event if it has no id of its own and the body changes between attempts (a
   * counter, the time of sending). The id is a hash of them, if all are present. `*` takes the values of a whole list.
   */
  readonly hashOf?: readonly PathRef[];
  /** The header with the provider's id for the event or the delivery, which it keeps on retries. Unsigned. */
  readonly deliveryId?: HeaderRef;
  /**
   * Unsigned headers that say what happened, in addition to those of `type` and `entity`. They are part of the identity
   * under rules 2 and 3: a body that only describes a state is the same for several types or shops.
   */
  readonly context?: readonly HeaderRef[];
  readonly otherwise: Otherwise;
  /** Unsigned ids that are new at each attempt or shared by several events: logged for people, never a key. */
  readonly loggedIds?: readonly HeaderRef[];
  /** Event type. Each alternative is a list of pieces to join; the first one whose pieces are all present is used. */
  readonly type: readonly (readonly (string | HeaderRef | PathRef | KeyRef)[])[];
  /** Time of the event, not of the request: that one differs between retries. */
  readonly time: readonly { readonly at: HeaderRef | PathRef; readonly unit: TimeUnit }[];
  /**
   * The entity that the event is about, such as an account, a repository or a customer, whose events must stay in
   * order. Used by the provider's `orderingKey: entity`.
   */
  readonly entity?: readonly (HeaderRef | PathRef)[];
}

/**
 * Where the events are in a body that contains several, and where each says what happened: all paths but `at` start at
 * the event. A provider with `split: true` publishes each of them separately.
 */
export interface Elements {
  /** Paths to the events, ending in `*`. If one of two values contains the other, the inner one is the event. */
  readonly at: readonly PathRef[];
  /** Form field that contains the payload, if the body is a form. */
  readonly inField?: string;
  /**
   * Publishes the whole payload with this event as the only one, instead of the event alone: for providers that say
   * only outside of the event whose it is. The scheme's `event` then reads what the paths below do not find.
   */
  readonly enclosed?: true;
  /**
   * The provider's id of the event, stable over retries that group the events again: alternatives, each with values to
   * join with colons. Without one, the id is the body's id and the event's position in the body.
   */
  readonly id?: readonly (readonly PathRef[])[];
  /** Values whose hash replaces the id, or `element` for the event's whole text if that differs for each event. */
  readonly hashOf?: readonly PathRef[] | "element";
  /** Event type: alternatives, each with values to join with dots. */
  readonly type?: readonly (readonly PathRef[])[];
  /** Time of the event. */
  readonly time?: readonly { readonly at: PathRef; readonly unit: TimeUnit }[];
  /** Entity that the event is about, see {@link EventLocations.entity}. */
  readonly entity?: readonly PathRef[];
}
