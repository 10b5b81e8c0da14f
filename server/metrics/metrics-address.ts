/** Parses and formats the value of --metrics: HOST:PORT, `[IPv6]:PORT`, or a PORT of 127.0.0.1. */
import { UsageError } from '../../terminal/exit.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const ADDRESS_PATTERN = /^(?:(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]\s/]*)):)?(\d{1,5})$/;
const LOOPBACK = '127.0.0.1';
const PORT_MAX = 65_535;

/** @throws {UsageError} */
export function parseAddress(text: string): Address {
  const [, ipv6, name, port] = ADDRESS_PATTERN.exec(text) ?? [];
  if (port === undefined || Number(port) > PORT_MAX) {
    throw new UsageError(
      `--metrics takes HOST:PORT, [IPV6]:PORT or PORT (of loopback), not '${text}'`,
    );
  }
  return { host: ipv6 || name || LOOPBACK, port: Number(port) };
}

export const formatAddress = ({ host, port }: Address): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;
