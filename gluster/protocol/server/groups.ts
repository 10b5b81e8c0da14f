/**
 * Whose groups count: those that a client says, or with `manage-gids` those that this machine knows of
 * the user. A request has room for some 90, and a client may say what it likes.
 */

import { groupsOfUser } from '../../../runtime/sys/user-groups.ts';
import type { Caller } from '../../rpc/message.ts';

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
