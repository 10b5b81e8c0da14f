/**
 * In whose name a request is made. Root, or anybody, may become a user who owns nothing. And with `manage-gids`, groups
 * are those that this machine knows of the user: a request has room for some 90, and a client may say what it likes.
 * Source: GlusterFS 10 `rpc/rpc-lib/src/rpcsvc.h` (RPC_AUTH_ROOT_SQUASH).
 */
import { groupsOfUser } from '../../../runtime/sys/user-groups.ts';
import type { Caller } from '../../rpc/message.ts';
import type { Settings } from './options.ts';

/** Users whose groups are kept. */
const KEPT_MAX = 4096;

interface Kept {
  readonly until: number;
  readonly groups: readonly number[];
}

/** The groups of users, looked up again when they have been kept for long enough. */
export class UserGroups {
  private readonly find: (uid: number) => readonly number[] | null;
  private readonly now: () => number;
  private readonly kept = new Map<number, Kept>();

  /** @param find the groups of a uid; null of one that is no user's */
  constructor(find = groupsOfUser, now = () => performance.now()) {
    this.find = find;
    this.now = now;
  }

  /** None of whom nobody knows. @param keepMs how long what is found is kept */
  of(uid: number, keepMs: number): readonly number[] {
    const { kept } = this;
    const now = this.now();
    const known = kept.get(uid);
    if (known !== undefined && known.until > now) return known.groups;
    const groups = this.find(uid) ?? [];
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(uid, { until: now + keepMs, groups });
    return groups;
  }

  /** The same caller with groups of this machine, which are looked up when somebody wants to know. */
  callerWith(caller: Caller, keepMs: number): Caller {
    const groups = (): readonly number[] => this.of(caller.uid, keepMs);
    return {
      ...caller,
      get groups() {
        return groups();
      },
    };
  }

  /** Nothing is kept any more. */
  clear(): void {
    this.kept.clear();
  }
}

/** Pids by which programs of GlusterFS itself are known. */
const INTERNAL: ReadonlySet<number> = new Set([-1, -3, -4, -5, -6]);

/** @param isTrusted the client has shown a password: it may be one of GlusterFS's own programs */
export function squash(
  { 'root-squash': rootSquash, 'all-squash': allSquash, anonuid, anongid }: Settings,
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
