import type { WebhookEvent } from "./event";

/** Attributes that together identify an event: a replay has a number of its own. */
export type Identity = Pick<WebhookEvent, "source" | "id" | "replay">;

/** `duplicate` if the event was done before, so that nothing was done now. */
export type Outcome = "done" | "duplicate";

/** Remembers which events were done, in the same transaction as their effects. */
export interface Store<Context = void> {
  /** Runs `effect`, unless the event was done before. */
  once(identity: Identity, effect: (context: Context) => Promise<unknown>): Promise<Outcome>;
}

/**
 * Runs `effect` once for each event: not again for a repeated delivery, but again for a replay. To skip replays, too,
 * pass `{ ...event, replay: 0 }`. What `effect` does outside of the store's transaction, such as sending an email, can
 * happen again after a crash: give the service that it calls `identityOf(event)` as its idempotency key.
 * @throws what `effect` or the store throws; then the event is not done, and a later delivery runs it again
 */
export function once<Context>(
  store: Store<Context>,
  { source, id, replay }: Identity,
  effect: (context: Context) => Promise<unknown>,
): Promise<Outcome> {
  return store.once({ source, id, replay }, effect);
}

/** Returns an event's identity as text: `<source>/<id>/<replay>`. No source holds a slash, so no two events share one. */
export function identityOf({ source, id, replay }: Identity): string {
  return `${source}/${id}/${replay}`;
}
