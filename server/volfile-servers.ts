/** Defines the address of a volfile on a volfile server, and formats it as `HOST:/NAME`. */
import { formatSocketAddress, type SocketAddress } from '../runtime/core/addresses.ts';

/** The port of GlusterFS's management daemon, which is the default. */
export const VOLFILE_SERVER_PORT = 24_007;

/** The servers that have a volfile, and the volfile's id there. */
export interface VolfileServers {
  /** The addresses, which are tried in this order until one replies. */
  readonly servers: readonly SocketAddress[];
  readonly id: string;
}

/** Formats `HOST:/NAME`, as mounts of GlusterFS show it; with the port if it is not the default. */
export function formatVolfileServer({ servers, id }: VolfileServers): string {
  const firstAddress = formatSocketAddress(servers[0]!);
  const address = firstAddress.replace(new RegExp(`:${VOLFILE_SERVER_PORT}$`), '');
  return `${address}:/${id.replace(/^\//, '')}`;
}
