import type { RequestHeaders } from "../../providers";
import type { Log } from "./log-line";

/** A span of time, in milliseconds since the epoch: `from` is part of it, `until` is not. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

/** An event as its provider's API lists it. */
export interface ListedEvent {
  /** The id that its webhook has. */
  readonly id: string;
  /** When it happened or was sent first, by the provider's clock, milliseconds since the epoch. */
  readonly at: number;
  readonly type: string;
  /** What its webhook holds; absent if the provider does not return it, or has deleted it. */
  readonly content?: { readonly headers: RequestHeaders; readonly body: Buffer };
  /** The delivery that can be repeated, and how often that was done. */
  readonly delivery?: { readonly id: string; readonly redeliveries: number };
  /** What an operator should know of it if it is missing. */
  readonly note?: string;
}

/** What a provider says of the endpoint that it sends to. */
export interface Endpoint {
  /** The provider's clock, milliseconds since the epoch. */
  readonly now: number;
  /** Why it gets no webhooks, with the fix; absent if it does. */
  readonly off?: string;
  readonly notes: readonly string[];
  /** Whether the provider sends this event to it. */
  readonly expects: (event: ListedEvent) => boolean;
}

/**
 * A provider's API. Each call rejects with an {@link ApiError}.
 */
export interface ProviderApi {
  endpoint(): Promise<Endpoint>;
  /** Absent if the provider lists no events. */
  readonly events?: {
    /** Milliseconds for which the provider lists them. */
    readonly keptMs: number;
    /** Longest window that is worth one list, in milliseconds. */
    readonly longestMs: number;
    /** Pages of the events of a window, the newest first. */
    list(window: Window): AsyncIterable<readonly ListedEvent[]>;
    /** Requests that it is sent again, signed; absent where events hold their content. False if that is impossible for good. */
    readonly redeliver?: (delivery: NonNullable<ListedEvent["delivery"]>) => Promise<boolean>;
  };
}

/**
 * Why a call of a provider's API gave no answer: the key is not accepted, what it is about does not exist, the API does not
 * answer or limits the rate, or it answers what is not expected.
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

/** `done`: published, filtered, dead-lettered, or erased. `received`: not known to be in the queue. */
export type Recorded = "done" | "received";

/** What a run keeps for the next one. */
export interface Progress {
  /** Up to when all events are accounted for, milliseconds since the epoch. */
  readonly cursor: number;
  /** Ids of events whose redelivery was requested and that had not arrived. */
  readonly requested: ReadonlySet<string>;
  /** Ids of listed events that are known to be unrecoverable. */
  readonly lost: ReadonlySet<string>;
}

/** What became of a run. */
export interface RunSummary {
  /** RFC 3339. */
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
    /** Returns a look-up by event id: what the table knows of events of this window; absent if nothing. */
    open(window: Window): (ids: readonly string[]) => Promise<ReadonlyMap<string, Recorded>>;
  };
  /** Event ids in the requests of this provider that were quarantined since then, milliseconds since the epoch. */
  readonly quarantined: (since: number) => Promise<ReadonlySet<string>>;
  /** Stores and queues an event that holds its content, as ingestion does. @throws if it is not durable */
  readonly admit: (event: ListedEvent) => Promise<"new" | "duplicate">;
  /** The lease that keeps two runs of one provider apart, and what the last one left. */
  readonly lease: {
    /** Undefined if another run has it. `progress` is absent before the first run. */
    take(): Promise<{ readonly progress?: Progress } | undefined>;
    /** @throws if another run has it now */
    renew(): Promise<void>;
    save(progress: Progress): Promise<void>;
    release(summary: RunSummary): Promise<void>;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}
