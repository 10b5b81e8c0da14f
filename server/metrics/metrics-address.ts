/** Parses and formats the value of --metrics: HOST:PORT, `[IPv6]:PORT`, or a PORT of 127.0.0.1. */
import { UsageError } from '../../terminal/exit.ts';

/** A host and a TCP port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Matches the option's value: the groups are an IPv6 address, another host, and the port. */
const ADDRESS_PATTERN = /^(?:(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]\s/]*)):)?(\d{1,5})$/;
const LOOPBACK = '127.0.0.1';
const PORT_MAX = 65_535;

/** Parses the option's value. @throws {UsageError} if it is malformed */
export function parseAddress(text: string): Address {
  const [, ipv6, hostname, port] = ADDRESS_PATTERN.exec(text) ?? [];
  if (port === undefined || Number(port) > PORT_MAX) {
    throw new UsageError(
      `--metrics takes HOST:PORT, [IPV6]:PORT or PORT (of loopback), not '${text}'`,
    );
  }
  return { host: ipv6 || hostname || LOOPBACK, port: Number(port) };
}

/** Formats an address as in a URL, with brackets around an IPv6 address. */
export const formatAddress = ({ host, port }: Address): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;
