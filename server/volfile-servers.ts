/** Names the servers that a mount fetches its volfile from. */
import { formatSocketAddress, type SocketAddress } from '../runtime/core/addresses.ts';

/** The port of GlusterFS's management daemon, which is the default. */
export const VOLFILE_SERVER_PORT = 24_007;

/** The servers of a volfile, and the volfile's id there. */
export interface VolfileServers {
  /** Tried in this order, until one replies. */
  readonly servers: readonly SocketAddress[];
  readonly id: string;
}

/** `HOST:/NAME`, as of a mount of GlusterFS; with the port if it is not the default. */
export function formatVolfileServer({ servers, id }: VolfileServers): string {
  const first = formatSocketAddress(servers[0]!);
  const address = first.replace(new RegExp(`:${VOLFILE_SERVER_PORT}$`), '');
  return `${address}:/${id.replace(/^\//, '')}`;
}
