import type { RequestHeaders } from "../../providers";
import type { Log } from "./log-line";

/** A time range in milliseconds since the epoch, with `from` and without `until`. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

/** An event as its provider's API lists it. */
export interface ListedEvent {
  /** Event id of its webhook. */
  readonly id: string;
  /** Time at which it happened or was first sent, by the provider's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly type: string;
  /** Content of its webhook; absent if the provider does not return it, or has deleted it. */
  readonly content?: { readonly headers: RequestHeaders; readonly body: Buffer };
  /** The delivery that can be repeated, and how often it was repeated. */
  readonly delivery?: { readonly id: string; readonly redeliveries: number };
  /** Note for the operator if the event is missing. */
  readonly note?: string;
}

/** A provider's view of the endpoint to which it sends. */
export interface Endpoint {
  /** Time by the provider's clock, in milliseconds since the epoch. */
  readonly now: number;
  /** Why the endpoint gets no webhooks, and how to fix it; absent if it gets them. */
  readonly off?: string;
  readonly notes: readonly string[];
  /** Returns whether the provider sends this event to the endpoint. */
  readonly expects: (event: ListedEvent) => boolean;
}

/**
 * A provider's API. Each call rejects with an {@link ApiError}.
 */
export interface ProviderApi {
  endpoint(): Promise<Endpoint>;
  /** Absent if the provider lists no events. */
  readonly events?: {
    /** Milliseconds for which the provider lists an event. */
    readonly keptMs: number;
    /** Longest window to request in one list, in milliseconds. */
    readonly longestMs: number;
    /** Returns the events of a window in pages, newest first. */
    list(window: Window): AsyncIterable<readonly ListedEvent[]>;
    /**
     * Requests a signed redelivery; absent if listed events have their content. Returns false if it is permanently
     * impossible.
     */
    readonly redeliver?: (delivery: NonNullable<ListedEvent["delivery"]>) => Promise<boolean>;
  };
}

/**
 * Why a call to a provider's API failed: the key is not accepted, the object does not exist, the API does not answer or
 * limits the rate, or the answer is unexpected.
 */
export type ApiProblem = "denied" | "not_found" | "unavailable" | "unexpected";

export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly problem: ApiProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** `done`: published, filtered, dead-lettered or erased. `received`: possibly not in the queue. */
export type Recorded = "done" | "received";

/** Progress that a run saves for the next one. */
export interface Progress {
  /** Time up to which all events are accounted for, in milliseconds since the epoch. */
  readonly cursor: number;
  /** Ids of events whose redelivery was requested and has not arrived. */
  readonly requested: ReadonlySet<string>;
  /** Ids of listed events that are known to be unrecoverable. */
  readonly lost: ReadonlySet<string>;
}

/** Summary of a run. */
export interface RunSummary {
  /** Start of the run, RFC 3339. */
  readonly at: string;
  readonly missing: number;
  readonly recovered: number;
  readonly unrecoverable: number;
  readonly error?: string;
  /** Why the provider sends nothing. */
  readonly off?: string;
}

export interface ReconcilePorts {
  readonly api: ProviderApi;
  readonly records: {
    /**
     * Returns a lookup of recorded states by event id, for events of this window; unrecorded events are absent from its
     * result.
     */
    open(window: Window): (ids: readonly string[]) => Promise<ReadonlyMap<string, Recorded>>;
  };
  /**
   * Returns the event ids of this provider's requests that were quarantined since then, in milliseconds since the
   * epoch.
   */
  readonly quarantined: (since: number) => Promise<ReadonlySet<string>>;
  /** Stores and queues an event with content, as ingestion does. @throws if it is not durable */
  readonly admit: (event: ListedEvent) => Promise<"new" | "duplicate">;
  /** Lease that prevents two runs of one provider at a time, with the progress of the last run. */
  readonly lease: {
    /** Takes the lease; undefined if another run has it. `progress` is absent before the first run. */
    take(): Promise<{ readonly progress?: Progress } | undefined>;
    /** Renews the lease. @throws if another run has it now */
    renew(): Promise<void>;
    save(progress: Progress): Promise<void>;
    release(summary: RunSummary): Promise<void>;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}
