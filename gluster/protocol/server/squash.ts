/**
 * In whose name a request is made: root's, or anybody's, may be made in that of a user who owns
 * nothing. Source: GlusterFS 10 `rpc/rpc-lib/src/rpcsvc.h` (RPC_AUTH_ROOT_SQUASH).
 */
import type { Caller } from '../../rpc/message.ts';

export interface Squashing {
  readonly rootSquash: boolean;
  readonly allSquash: boolean;
  readonly anonuid: number;
  readonly anongid: number;
}

/** Pids by which programs of GlusterFS itself are known. */
const INTERNAL: ReadonlySet<number> = new Set([-1, -3, -4, -5, -6]);

/** @param isTrusted the client has shown a password: it may be one of GlusterFS's own programs */
export function squash(
  { rootSquash, allSquash, anonuid, anongid }: Squashing,
  caller: Caller,
  isTrusted: boolean,
): Caller {
  if (!rootSquash && !allSquash) return caller;
  if (isTrusted && INTERNAL.has(caller.pid)) return caller;
  const uid = (id: number): number => (allSquash || id === 0 ? anonuid : id);
  const gid = (id: number): number => (allSquash || id === 0 ? anongid : id);
  return {
    ...caller,
    uid: uid(caller.uid),
    gid: gid(caller.gid),
    groups: caller.groups.map(gid),
  };
}
