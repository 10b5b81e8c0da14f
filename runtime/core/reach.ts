/**
 * States what a volume reaches outside of its process: files, sockets and addresses, from its options alone. A server
 * that the kernel confines reaches the union of its volumes' reach, and what it needs itself.
 */
import { formatSocketAddress, type SocketAddress } from './addresses.ts';

/** `write` does not include `read`. `execute` is for programs and their loader, not for libraries. */
export type ReachAccess = 'read' | 'write' | 'execute' | 'connect' | 'listen';

/** One file or address that is reached. */
export interface Reach {
  readonly access: ReachAccess;
  /**
   * The absolute path of a file, of a folder with all below it, or of a UNIX socket; or the address of a TCP socket, whose
   * port 0 is any that the other side names (connect), or a free one (listen).
   */
  readonly target: SocketAddress;
  /** The option that names it, or for a server's own needs the purpose. */
  readonly option: string;
}

/** The reach of a volume of a graph. */
export interface VolumeReach extends Reach {
  /** The volume's name; null for what the server itself needs. */
  readonly volume: string | null;
}

/** Returns the reach of a path, once for each access. */
export const reachPath = (
  path: string,
  option: string,
  ...accesses: readonly ReachAccess[]
): Reach[] => accesses.map((access) => ({ access, target: { path }, option }));

/** Formats a target as a path or `HOST:PORT`, with `*` for port 0. */
export const formatReachTarget = (target: SocketAddress): string =>
  formatSocketAddress(target).replace(/^([^/].*):0$/, '$1:*');

/** A target of a volume's reach with all accesses, as tables and JSON show it. */
export interface ReachRow {
  readonly target: string;
  readonly access: readonly ReachAccess[];
  readonly volume: string | null;
  readonly option: string;
}

/** Joins the accesses of each target, in the order of the reach. */
export function makeReachRows(reach: readonly VolumeReach[]): ReachRow[] {
  const rows = new Map<string, ReachRow & { readonly access: ReachAccess[] }>();
  for (const { access, target, volume, option } of reach) {
    const text = formatReachTarget(target);
    const key = JSON.stringify([text, volume, option]);
    const row = rows.get(key) ?? { target: text, access: [], volume, option };
    if (!row.access.includes(access)) row.access.push(access);
    rows.set(key, row);
  }
  return [...rows.values()];
}

/** Whether a target is another one, below it, or a port of a host with any port. */
const covers = (known: string, target: string): boolean =>
  target === known ||
  (known.startsWith('/')
    ? target.startsWith(known.endsWith('/') ? known : `${known}/`)
    : known.endsWith(':*') && target.startsWith(known.slice(0, -1)));

/** Lists the rows with an access that none of the known rows has. */
export const findNewReach = (
  rows: readonly ReachRow[],
  knownRows: readonly ReachRow[],
): ReachRow[] =>
  rows.filter(({ target, access }) =>
    access.some(
      (each) =>
        !knownRows.some((known) => known.access.includes(each) && covers(known.target, target)),
    ),
  );
