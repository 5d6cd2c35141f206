import type { ConsumerMessage } from "./consumer-message";
import type { DeliveryState } from "./delivery-state";
import type { Failure } from "./group-ports";
import type { Header } from "./kept-headers";
import type { Log } from "./log-line";

/** A request to a consumer. */
export interface ConsumerRequest {
  /** The consumer's address, with the query parameters that the provider's scheme adds. */
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
    /** Counts a call; returns whether it may be made in this second. */
    take(): Promise<boolean>;
  };
  /** Makes the request, signed with the current time. `impossible` is the reason why no attempt could ever make it. */
  request(message: ConsumerMessage): Promise<ConsumerRequest | { readonly impossible: string }>;
  /** Calls the consumer. Rejects if it does not answer in time, or if its address must not be called. */
  post(request: ConsumerRequest): Promise<{
    readonly status: number;
    readonly retryAfter?: string | undefined;
    readonly body: string;
  }>;
  readonly queue: { retryAfter(message: ConsumerMessage, seconds: number): Promise<void> };
  readonly deadLetters: { send(message: ConsumerMessage, failure: Failure): Promise<void> };
  /** Stops all calls of the consumer until an operator resumes it. */
  pause(reason: string): Promise<void>;
  readonly now: () => number;
  /** Returns a random number from 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}
