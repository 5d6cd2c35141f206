import { BlockList, isIP } from "node:net";

/**
 * Networks in which a consumer's address must not be: this host, private, link-local (with AWS's metadata addresses)
 * and reserved networks. A block list also matches IPv4 addresses in IPv6 form.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const NOT_PUBLIC = blockList([
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"],
  ...["203.0.113.0/24", "224.0.0.0/3"],
  ...["::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "2002::/16"],
  ...["fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"],
]);

const LOOPBACK = blockList(["127.0.0.0/8", "::1/128"]);

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    list.addSubnet(address, Number(prefix), address.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}

const isIn = (list: BlockList, address: string): boolean =>
  list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");

/**
 * Returns why an IP address must not be called; undefined if it may be.
 * @param allowLoopback true on the local stack, where consumers are on the developer's machine
 */
export function problemOfAddress(address: string, allowLoopback: boolean): string | undefined {
  if (isIP(address) === 0) return `${address} is no IP address`;
  if (allowLoopback && isIn(LOOPBACK, address)) return undefined;
  return isIn(NOT_PUBLIC, address) ? `${address} is in a private or reserved network` : undefined;
}

/**
 * Returns why a URL's host must not be called: an IP address in any notation, which no DNS lookup checks, or the name
 * of a private network. Undefined for other hosts.
 */
export function problemOfHost({ hostname }: URL, allowLoopback: boolean): string | undefined {
  const literal = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(literal) !== 0) return problemOfAddress(literal, allowLoopback);
  const isLocal = /(?:^|\.)(?:localhost|internal|local)\.?$/i.test(hostname);
  return isLocal && !allowLoopback ? `${hostname} names a private network` : undefined;
}
