import type { BlockList } from "node:net";
import type { Scheme } from "../../providers";

/** One configured provider. */
export interface Provider {
  readonly name: string;
  readonly scheme: Scheme;
  /**
   * Dotted path to the payload value by which webhooks are ordered, or `entity` for the value that the scheme defines.
   * Without it they are ordered by provider.
   */
  readonly orderingKey?: string;
  /** URL of the endpoint as configured at the provider, if it differs from the request's. */
  readonly url?: string;
  /**
   * `body`: the hash of the signed content identifies an event without a signed id of its own, so that every replayed
   * request is a duplicate.
   * @default the scheme's own rules
   */
  readonly duplicates?: "body";
  /** Whether a request with several events is split into one event each. @default false */
  readonly split?: boolean;
  /** Dotted paths into the payload, `*` for every element of a list, whose values are not published. */
  readonly redact?: readonly string[];
  /** Addresses from which webhooks are accepted. @default all */
  readonly sources?: BlockList;
  /** Whether `IngestPorts.secrets` has the provider's token under the name {@link verifyTokenOf} returns. */
  readonly hasVerifyToken?: boolean;
  /** Whether the provider may send its secret in a handshake. */
  readonly learnsSecret?: boolean;
  /**
   * Whether the provider is accepted at `/webhook/<name>` only. API Gateway throttles by path and cannot read a header,
   * so the provider's own throttle would not apply at the common path.
   */
  readonly onlyAtItsPath?: boolean;
}

/** Returns the name under which `IngestPorts.secrets` holds the token of a provider's verification challenge. */
export function verifyTokenOf(provider: string): string {
  return `${provider}#verify-token`;
}
