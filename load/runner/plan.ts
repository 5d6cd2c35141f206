import type { Throttle } from "../../config";
import type { Scheme } from "../../providers";

export const KINDS = ["smoke", "throttle", "spike", "soak", "breakpoint"] as const;
export type Kind = (typeof KINDS)[number];

/** A provider that the scripts play. */
export interface Sender {
  /** Name of the provider in the stack. */
  readonly provider: string;
  /** Signature scheme: the same definition that the inbox verifies by. */
  readonly scheme: Scheme;
  readonly secret: string;
  /** One of its payloads; each webhook of the run is a copy with ids of its own. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Event type, for schemes that carry it in a header. */
  readonly type?: string;
  /** Throttle of the provider's path. */
  readonly limit: Throttle;
}

/** How much a script sends. Each script reads the fields that it needs. */
export interface Amount {
  /** Seconds of the constant part. */
  readonly seconds: number;
  /** Requests per second. For `throttle`: multiple of each path's own rate. For `breakpoint`: the highest rate. */
  readonly rate: number;
  /** Number of values of the ordering key over which the webhooks are spread. */
  readonly entities: number;
}

/** Input of k6, passed as a file because it holds secrets: others can see a command line. */
export interface Plan {
  /** Id of the run, written into every payload to distinguish its events from other traffic. */
  readonly run: string;
  /** URL of `POST /webhook`; the URL of a provider is this and `/<name>`. */
  readonly endpoint: string;
  readonly senders: readonly Sender[];
  readonly amount: Amount;
}

/** One answer, which the scripts log as a line of JSON. */
export interface Answer {
  readonly provider: string;
  /** Number of the webhook within the run. */
  readonly n: number;
  readonly status: number;
  /** Id of the event, if the webhook was accepted. */
  readonly id?: string;
  /** Key by which the inbox identifies the webhook, if it is not the id. */
  readonly key?: string;
  /** Milliseconds since the epoch at which it was sent. */
  readonly sentAt: number;
  /** Milliseconds until the answer was there. */
  readonly ms: number;
  /** Arrival rate at that time, in requests per second, if the script raises it. */
  readonly offered?: number;
}
