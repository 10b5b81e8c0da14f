/**
 * Maps the caller of a request before it is served. Squashing replaces root, or every user, by an unprivileged user.
 * With `manage-gids`, this machine's user database supplies the groups: a request has room for about 90, and a client
 * may forge them.
 * Source: GlusterFS 10 `rpc/rpc-lib/src/rpcsvc.h` (RPC_AUTH_ROOT_SQUASH).
 */
import { findUserGroups } from '../../../runtime/sys/user-groups.ts';
import type { Caller } from '../../rpc/message.ts';
import type { Settings } from './options.ts';

/** The most users whose groups are cached. */
const MAX_USERS = 4096;

/** The groups of one user in the cache. */
interface CachedGroups {
  /** The time until which the groups are valid, in milliseconds of the clock `now`. */
  readonly expiresAtMs: number;
  readonly groups: readonly number[];
}

/** Caches the groups of users for a limited time. */
export class UserGroups {
  private readonly lookUpGroups: (uid: number) => readonly number[] | null;
  private readonly now: () => number;
  private readonly cache = new Map<number, CachedGroups>();

  /** @param lookUp returns the groups of a uid; null for an unknown uid */
  constructor(lookUp = findUserGroups, now = () => performance.now()) {
    this.lookUpGroups = lookUp;
    this.now = now;
  }

  /** Finds the groups of a user; empty for an unknown uid. @param cacheMs milliseconds for which they are cached */
  find(uid: number, cacheMs: number): readonly number[] {
    const { cache } = this;
    const now = this.now();
    const cachedGroups = cache.get(uid);
    if (cachedGroups !== undefined && cachedGroups.expiresAtMs > now) return cachedGroups.groups;
    const groups = this.lookUpGroups(uid) ?? [];
    if (cache.size >= MAX_USERS) cache.clear();
    cache.set(uid, { expiresAtMs: now + cacheMs, groups });
    return groups;
  }

  /** Derives a caller with this machine's groups, which are looked up when they are read. */
  replaceGroups(caller: Caller, cacheMs: number): Caller {
    const findGroups = (): readonly number[] => this.find(caller.uid, cacheMs);
    return {
      ...caller,
      get groups() {
        return findGroups();
      },
    };
  }

  /** Empties the cache. */
  clear(): void {
    this.cache.clear();
  }
}

/**
 * The pids with which GlusterFS's own programs send requests: geo-replication, rebalance, mounts for maintenance, quota
 * and self-heal.
 */
const INTERNAL_PIDS: ReadonlySet<number> = new Set([-1, -3, -4, -5, -6]);

/**
 * Replaces the ids of root or every user, as the options request.
 * @param isTrusted whether the client logged in by password, so that it may be one of GlusterFS's own programs
 */
export function squashCaller(
  { 'root-squash': rootSquash, 'all-squash': allSquash, anonuid, anongid }: Settings,
  caller: Caller,
  isTrusted: boolean,
): Caller {
  if (!rootSquash && !allSquash) return caller;
  if (isTrusted && INTERNAL_PIDS.has(caller.pid)) return caller;
  const mapUid = (id: number): number => (allSquash || id === 0 ? anonuid : id);
  const mapGid = (id: number): number => (allSquash || id === 0 ? anongid : id);
  return {
    ...caller,
    uid: mapUid(caller.uid),
    gid: mapGid(caller.gid),
    groups: caller.groups.map(mapGid),
  };
}
