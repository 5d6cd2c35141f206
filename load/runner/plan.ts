import type { Throttle } from "../../config";
import type { Scheme } from "../../providers";

export const KINDS = ["smoke", "throttle", "spike", "soak", "breakpoint"] as const;
export type Kind = (typeof KINDS)[number];

/** A provider that the scripts play. */
export interface Sender {
  /** Name of the provider in the stack. */
  readonly provider: string;
  /** How it signs: the same definition that the inbox verifies by. */
  readonly scheme: Scheme;
  readonly secret: string;
  /** One of its payloads; each request makes a webhook of its own out of it. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Event type, where the scheme carries it in a header. */
  readonly type?: string;
  /** What the provider's path takes. */
  readonly limit: Throttle;
}

/** How much a script sends. Each takes what it needs. */
export interface Amount {
  /** Seconds of the constant part. */
  readonly seconds: number;
  /** Requests per second. For `throttle`: how many times a path's own rate. For `breakpoint`: the highest. */
  readonly rate: number;
  /** Values of the ordering key that the webhooks are spread over. */
  readonly entities: number;
}

/** What the runner hands to k6, as a file: it holds secrets, and a command line can be seen by others. */
export interface Plan {
  /** Id of the run, written into every payload to distinguish its events from other traffic. */
  readonly run: string;
  /** Address of `POST /webhook`; a provider's own is this and `/<name>`. */
  readonly endpoint: string;
  readonly senders: readonly Sender[];
  readonly amount: Amount;
}

/** One answer, as the scripts write it down: a line of JSON. */
export interface Answer {
  readonly provider: string;
  /** Counts the run's webhooks. */
  readonly n: number;
  readonly status: number;
  /** The event's id, where it was accepted. */
  readonly id?: string;
  /** What the webhook is known by in the inbox, where that is not the id. */
  readonly key?: string;
  /** Milliseconds since the epoch at which it was sent. */
  readonly sentAt: number;
  /** Milliseconds until the answer was there. */
  readonly ms: number;
  /** Of the arrival rate at that time, where the script raises it. */
  readonly offered?: number;
}
