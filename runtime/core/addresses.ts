/**
 * Checks the syntax of network addresses for the option types addr, addr_list and client_auth_addr, and formats
 * socket addresses for messages. Resolves no names. Host names may contain '_', as in GlusterFS.
 *
 * Source: GlusterFS `common-utils.c` (valid_internet_address); RFC 1123, RFC 4291.
 */

export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && +part < 256)
  );
}

/** Counts the groups of an IPv6 half; an IPv4 tail counts as two. Returns NaN if a group is malformed. */
function countIpv6Groups(half: string, mayEndInIpv4: boolean): number {
  if (half === '') return 0;
  const groups = half.split(':');
  let count = groups.length;
  for (const [i, group] of groups.entries()) {
    if (mayEndInIpv4 && i === groups.length - 1 && isIpv4(group)) count += 1;
    else if (!/^[0-9a-f]{1,4}$/i.test(group)) return Number.NaN;
  }
  return count;
}

/** Whether a text is an IPv6 address, with or without a zone (`fe80::1%eth0`). */
export function isIpv6(text: string): boolean {
  const [address, ...zone] = text.split('%');
  if (zone.length > 1 || zone[0] === '') return false;
  const halves = address!.split('::');
  if (halves.length > 2) return false;
  const [head, tail] = halves as [string, string?];
  if (tail === undefined) return countIpv6Groups(head, true) === 8;
  return countIpv6Groups(head, false) + countIpv6Groups(tail, true) <= 7;
}

/** Whether a text is a host name. A last label of digits is refused, as it is a malformed IPv4 address. */
export function isHostname(text: string): boolean {
  if (text.length > 255) return false;
  const labels = text.split('.');
  return (
    labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label)) &&
    !/^\d+$/.test(labels[labels.length - 1]!)
  );
}

export const isAddress = (text: string): boolean =>
  isIpv4(text) || isIpv6(text) || isHostname(text);

/**
 * Whether a text is a pattern for addresses: `*`, `10.0.*`, `node[12].example.org`, or an IPv4 network `10.0.0.0/8`.
 */
export function isAddressPattern(text: string): boolean {
  const slashIndex = text.indexOf('/');
  if (slashIndex >= 0)
    return isIpv4(text.slice(0, slashIndex)) && isPrefixLength(text.slice(slashIndex + 1));
  return /[*?[]/.test(text) && /^([a-z0-9_.:*?-]|\[[a-z0-9_.:^!-]+\])+$/i.test(text);
}

const isPrefixLength = (text: string): boolean => /^\d{1,2}$/.test(text) && +text <= 32;

/** Whether a text is a comma-separated list of addresses and patterns. */
export const isAddressList = (text: string): boolean =>
  text.split(',').every((item) => isAddress(item) || isAddressPattern(item));

/** Whether a text is `/dir(addr|addr),/dir2,…`: directories, each with the addresses that may mount it. */
export function isDirectoryList(text: string): boolean {
  return text.split(',').every((item) => {
    const parts = /^(\/[^(),]*)(?:\(([^()]+)\))?$/.exec(item);
    if (parts === null) return false;
    return parts[2] === undefined || parts[2].split('|').every(isAddressList);
  });
}

/** The address of a TCP socket (host by name or number) or of a Unix socket. */
export type SocketAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

/** Formats an address as `HOST:PORT`, or returns its path. */
export const formatSocketAddress = (address: SocketAddress): string => {
  if ('path' in address) return address.path;
  const { host, port } = address;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
};
