/**
 * Maps the caller of a request. Squashing turns root or every user into an unprivileged one. With `manage-gids`, this
 * machine's user database supplies the groups: a request carries some 90 at most, and a client may forge them.
 * Source: GlusterFS 10 `rpc/rpc-lib/src/rpcsvc.h` (RPC_AUTH_ROOT_SQUASH).
 */
import { groupsOfUser } from '../../../runtime/sys/user-groups.ts';
import type { Caller } from '../../rpc/message.ts';
import type { Settings } from './options.ts';

/** The most users whose groups are cached. */
const CACHED_MAX = 4096;

interface CachedGroups {
  readonly until: number;
  readonly groups: readonly number[];
}

/** Caches the groups of users for a limited time. */
export class UserGroups {
  private readonly find: (uid: number) => readonly number[] | null;
  private readonly now: () => number;
  private readonly kept = new Map<number, CachedGroups>();

  /** @param find returns the groups of a uid; null for an unknown uid */
  constructor(find = groupsOfUser, now = () => performance.now()) {
    this.find = find;
    this.now = now;
  }

  /** The groups of a user; none for an unknown uid. @param keepMs how long they are cached */
  of(uid: number, keepMs: number): readonly number[] {
    const { kept } = this;
    const now = this.now();
    const known = kept.get(uid);
    if (known !== undefined && known.until > now) return known.groups;
    const groups = this.find(uid) ?? [];
    if (kept.size >= CACHED_MAX) kept.clear();
    kept.set(uid, { until: now + keepMs, groups });
    return groups;
  }

  /** Derives a caller whose groups are looked up here on first use. */
  callerWith(caller: Caller, keepMs: number): Caller {
    const groups = (): readonly number[] => this.of(caller.uid, keepMs);
    return {
      ...caller,
      get groups() {
        return groups();
      },
    };
  }

  /** Empties the cache. */
  clear(): void {
    this.kept.clear();
  }
}

/** Pids that GlusterFS's own programs use. */
const INTERNAL: ReadonlySet<number> = new Set([-1, -3, -4, -5, -6]);

/** @param isTrusted the client logged in by password, so it may be one of GlusterFS's own programs */
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
