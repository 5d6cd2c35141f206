import type { KeyRequest } from "../../providers";
import type { Provider } from "./provider";
import type { RejectedRequest } from "./rejected";
import type { Webhook } from "./webhook";
import type { Log } from "./log-line";

/** A raw payload to store. */
export interface RawPayload {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string;
  readonly contentEncoding?: "gzip";
  readonly eventId: string;
  readonly eventType: string;
  /** Whether the payload is a single event of a request with several. */
  readonly split?: true;
  /** Headers of the request, as `encodeHeaders()` encodes them. */
  readonly headers: string;
}

/** A webhook to claim in the table. */
export interface Claim {
  readonly key: string;
  readonly webhook: Webhook;
  readonly group: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** A message for the queue. */
export interface QueueMessage {
  readonly webhook: Webhook;
  readonly group: string;
  readonly deduplicationId: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** Ports of ingestion. Each call either takes effect durably or rejects. */
export interface IngestPorts {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly secrets: {
    /**
     * Returns the live secrets of a provider, newest first, from a cache. Rejects with a `SecretProblemError` if there
     * are none.
     */
    get(provider: string): Promise<readonly string[]>;
    /** Reads the secrets again, unless this was done a moment ago; returns whether they were read. */
    refresh(provider: string): Promise<boolean>;
    /**
     * Stores the secret that a provider sent, if one is awaited.
     * @returns false if none is awaited: anyone can send such a handshake
     */
    learn(provider: string, secret: string): Promise<boolean>;
  };
  /** Fetches certificates and key sets. The address has passed the allow list of the scheme with this id. */
  readonly keys: {
    /**
     * Returns the text at the address, from a cache. Undefined if its host reports that nothing is there, if the host
     * does not exist, or if the address is unknown while a flood of unknown addresses arrives.
     */
    fetch(request: KeyRequest, scheme: string): Promise<string | undefined>;
    /** Fetches the text again, unless this was done a moment ago; returns whether it was fetched. */
    refresh(request: KeyRequest, scheme: string): Promise<boolean>;
  };
  /** Calls an address that a verified webhook names and the scheme allows. */
  readonly visit: (url: string) => Promise<void>;
  readonly payloads: {
    put(payload: RawPayload): Promise<void>;
    /** Removes a payload, with its headers. */
    remove(key: string): Promise<void>;
  };
  /**
   * Creates the record if there is none; otherwise leaves its status unchanged and counts the attempt. The record of an
   * erased webhook stays as it is.
   */
  readonly records: { claim(claim: Claim): Promise<"new" | "duplicate" | "erased"> };
  readonly queue: { send(message: QueueMessage): Promise<void> };
  readonly rejected: {
    /** Returns whether one more rejected request of this provider may be quarantined; limits the cost of a flood. */
    admits(provider: string): boolean;
    /** Stores the request, within two seconds; returns false if quarantine is disabled. */
    keep(rejected: RejectedRequest): Promise<boolean>;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Writes one structured line per request. */
  readonly log: Log;
}
