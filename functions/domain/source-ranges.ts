import { BlockList, isIPv6 } from "node:net";
import type { IngestRequest } from "./ingest-request";
import type { Provider } from "./provider";

/** Reason for rejecting a verified request: its address is outside its provider's `allowedSourceRanges`. */
export const SOURCE_NOT_ALLOWED = "source_not_allowed";

/** A verified request that is rejected because of its address. */
export interface SourceNotAllowed {
  readonly reason: typeof SOURCE_NOT_ALLOWED;
  /** For the operator. */
  readonly detail: string;
}

/** Returns a list that checks addresses. @param ranges CIDR blocks of IPv4 and IPv6 */
export function sourceRanges(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", prefix] = range.split("/");
    list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}

/** Returns why a request's address is not allowed, or undefined. An IPv4 address that is written as IPv6 counts as IPv4. */
export function sourceNotAllowed(
  { sourceIp }: IngestRequest,
  { name, sources }: Provider,
): SourceNotAllowed | undefined {
  if (!sources || (sourceIp !== undefined && sources.check(sourceIp, familyOf(sourceIp)))) return undefined;
  const detail = `${sourceIp ?? "an unknown address"} is in none of the allowedSourceRanges of ${name}`;
  return { reason: SOURCE_NOT_ALLOWED, detail };
}

function familyOf(address: string) {
  return isIPv6(address) ? "ipv6" : "ipv4";
}
