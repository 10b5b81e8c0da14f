/**
 * Which names a fop that succeeded has made and taken away: what the hooks `entry_created` and
 * `entry_removed` are told.
 *
 * Names are those that came from above, whatever the module passed down. A rename that exchanges
 * two names takes both away and makes both; one between two names of the same file does nothing
 * (POSIX rename). Source: renameat2(2).
 */
import type { Dict } from '../../runtime/core/dict.ts';
import type { Loc } from '../../runtime/core/loc.ts';
import { RENAME_FLAGS } from '../../runtime/core/xdata.ts';
import type { Plan } from './plan.ts';

const RENAME_EXCHANGE = 2;

export interface EntryChanges {
  readonly removed: readonly Loc[];
  readonly created: readonly Loc[];
}

/** Names that nobody asks for are left out. */
export function entryChanges(plan: Plan, args: readonly unknown[]): EntryChanges {
  const removed = plan.removes < 0 ? [] : [args[plan.removes] as Loc];
  const created = plan.creates < 0 ? [] : [args[plan.creates] as Loc];
  if (plan.name !== 'rename') return { removed, created };
  const [from, to, xdata] = args as [Loc, Loc, Dict | null];
  if (((xdata?.number(RENAME_FLAGS) ?? 0) & RENAME_EXCHANGE) !== 0) {
    const both = [from, to];
    return { removed: removed.length > 0 ? both : [], created: created.length > 0 ? both : [] };
  }
  const same = from.inode !== null && from.inode === to.inode;
  return same ? { removed: [], created: [] } : { removed, created };
}
