import type { ConsumerMessage } from "./consumer-message";
import type { DeliveryState } from "./delivery-state";
import type { Failure } from "./group-ports";
import type { Header } from "./kept-headers";
import type { Log } from "./log-line";

/** A request to a consumer. */
export interface ConsumerRequest {
  /** The consumer's address, with the parameters that a provider adds to it. */
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** Ports of the delivery function. All but `post` reject if a service of AWS does not answer. */
export interface DeliverPorts {
  readonly deliveries: {
    read(message: ConsumerMessage): Promise<DeliveryState | undefined>;
    write(message: ConsumerMessage, state: DeliveryState): Promise<void>;
  };
  readonly rate: {
    /** Whether one more call may be made in this second. */
    take(): Promise<boolean>;
  };
  /** Makes the request, signed now; `impossible` says why there can be none, however often it is tried. */
  request(message: ConsumerMessage): Promise<ConsumerRequest | { readonly impossible: string }>;
  /** Calls the consumer. Rejects if it does not answer in time, or its address is not one to call. */
  post(request: ConsumerRequest): Promise<{
    readonly status: number;
    readonly retryAfter?: string | undefined;
    readonly body: string;
  }>;
  readonly queue: { retryAfter(message: ConsumerMessage, seconds: number): Promise<void> };
  readonly deadLetters: { send(message: ConsumerMessage, failure: Failure): Promise<void> };
  /** Calls the consumer no more until an operator resumes it. */
  pause(reason: string): Promise<void>;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}
