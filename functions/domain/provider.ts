import type { BlockList } from "node:net";
import type { Scheme } from "../../providers";

/** One configured provider. */
export interface Provider {
  readonly name: string;
  readonly scheme: Scheme;
  /**
   * Dotted path into the payload whose value orders more finely than the provider alone, or `entity` for what
   * the scheme knows to be the event's.
   */
  readonly orderingKey?: string;
  /** URL of the endpoint as configured at the provider, if it differs from the request's. */
  readonly url?: string;
  /**
   * `body`: the hash of what is signed identifies an event that has no signed id of its own, as strictly as that keeps
   * replays out. @default the scheme's own rules
   */
  readonly duplicates?: "body";
  /** Whether a request that holds several events becomes one for each. @default false */
  readonly split?: boolean;
  /** Dotted paths into the payload, `*` for every element of a list, whose values are not published. */
  readonly redact?: readonly string[];
  /** Addresses whose webhooks are taken. @default all */
  readonly sources?: BlockList;
  /** Whether `IngestPorts.secrets` holds a {@link verifyTokenOf} it. */
  readonly hasVerifyToken?: boolean;
  /** Whether the provider may send its secret in a handshake. */
  readonly learnsSecret?: boolean;
  /**
   * Whether it is taken at `/webhook/<name>` alone. API Gateway throttles by path and cannot read a header, so at the
   * common path a throttle of its own would not hold.
   */
  readonly onlyAtItsPath?: boolean;
}

/** Returns the name under which `IngestPorts.secrets` holds the token of a provider's verification challenge. */
export function verifyTokenOf(provider: string): string {
  return `${provider}#verify-token`;
}
