import type { KeyRequest } from "../../providers";
import type { Provider } from "./provider";
import type { RejectedRequest } from "./rejected";
import type { Webhook } from "./webhook";

/** A raw payload to keep. */
export interface RawPayload {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string;
  readonly contentEncoding?: "gzip";
  readonly eventId: string;
  readonly eventType: string;
  /** Whether it is one event out of a request that held several. */
  readonly split?: true;
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

/** What ingestion needs of the outside. Each call either takes effect durably or rejects. */
export interface IngestPorts {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly secrets: {
    /** Live secrets of a provider, newest first; from a cache. Rejects with a `SecretProblemError` if there are none to be had. */
    get(provider: string): Promise<readonly string[]>;
    /** Reads them anew, unless that was done a moment ago; the answer tells whether they were read. */
    refresh(provider: string): Promise<boolean>;
    /**
     * Stores the secret that a provider told, where one is awaited.
     * @returns false where none is: everybody can send such a handshake
     */
    learn(provider: string, secret: string): Promise<boolean>;
  };
  /** Certificates and key sets of senders. The address has passed the list of the scheme, which is given by its id. */
  readonly keys: {
    /**
     * What is at the address, from a cache; undefined where its host says that there is nothing, where there is no such
     * host, and for an unknown address while a flood of them is named.
     */
    fetch(request: KeyRequest, scheme: string): Promise<string | undefined>;
    /** Fetches it anew, unless that was done a moment ago; the answer tells whether it was fetched. */
    refresh(request: KeyRequest, scheme: string): Promise<boolean>;
  };
  /** Calls an address that a verified webhook names and the scheme allows. */
  readonly visit: (url: string) => Promise<void>;
  readonly payloads: { put(payload: RawPayload): Promise<void> };
  /** Writes the record where there is none, else leaves its status alone and counts the attempt. */
  readonly records: { claim(claim: Claim): Promise<"new" | "duplicate"> };
  readonly queue: { send(message: QueueMessage): Promise<void> };
  readonly rejected: {
    /** Whether one more refused request of this provider may cost time and money; a flood of them must not. */
    admits(provider: string): boolean;
    /** Keeps it, within a second or two; false where the operator does not want any kept. */
    keep(rejected: RejectedRequest): Promise<boolean>;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** One wide line per request. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}
