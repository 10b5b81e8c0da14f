/** The servers that a mount asks for its volfile. */
import { formatSocketAddress, type SocketAddress } from '../runtime/core/addresses.ts';

/** Where clients of GlusterFS ask unless told otherwise: its management daemon's port. */
export const VOLFILE_SERVER_PORT = 24_007;

/** Who is asked for a volfile, and for which. */
export interface VolfileServers {
  /** In this order, until one answers. */
  readonly servers: readonly SocketAddress[];
  readonly id: string;
}

/** `HOST:/NAME`, as of a mount of GlusterFS; with the port where it is another than usual. */
export function serverName({ servers, id }: VolfileServers): string {
  const first = formatSocketAddress(servers[0]!);
  const place = first.replace(new RegExp(`:${VOLFILE_SERVER_PORT}$`), '');
  return `${place}:/${id.replace(/^\//, '')}`;
}
