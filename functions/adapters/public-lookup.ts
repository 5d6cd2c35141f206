import { lookup, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { problemOfAddress } from "../domain/public-address";

/**
 * Returns a DNS lookup that fails if any of a name's addresses may not be called. Must run before each call, since the
 * owner of a name can change its addresses at any time.
 */
export function publicLookup(allowLoopback: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const addresses: LookupAddress[] = found;
      if (error) return callback(error, "", 0);
      for (const { address } of addresses) {
        const problem = problemOfAddress(address, allowLoopback);
        if (problem !== undefined) return callback(new Error(`${hostname}: ${problem}`), "", 0);
      }
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      return first
        ? callback(null, first.address, first.family)
        : callback(new Error(`${hostname} has no address`), "", 0);
    });
  };
}
