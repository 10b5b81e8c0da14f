/**
 * Calls the hooks `entry_created` and `entry_removed` for the names that a successful fop made and
 * removed. The hooks receive the names of the request from above, even if the module winds others.
 * A rename that exchanges two names removes and makes both; a rename between two names of one file
 * does nothing (renameat2(2)).
 */
import type { FopTable } from '../../../runtime/core/gen/fops.gen.ts';
import type { Loc } from '../../../runtime/core/operands.ts';
import { RENAME_EXCHANGE, RENAME_FLAGS } from '../../../runtime/core/xdata.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { exposeLoc } from '../crossing/exposed-inodes.ts';
import type { Plan } from '../crossing/plan.ts';
import { type Guest, METHOD_FAILED, type Scalar } from '../guest.ts';
import type { HostedRequest } from './hosted-request.ts';
import type { Notes } from './notes.ts';

/** Names that a fop has removed and made. */
interface EntryChanges {
  readonly removed: readonly Loc[];
  readonly created: readonly Loc[];
}

/**
 * Calls the hooks; returns the number of failures.
 * @param receiver the volume of the module
 * @param notes null without an observer
 */
export function callEntryHooks(
  guest: Guest,
  plan: Plan,
  request: HostedRequest,
  receiver: Xlator,
  notes: Notes | null,
): number {
  const { removed, created } = findEntryChanges(plan, request.args);
  const callHook = (hook: 'entry_created' | 'entry_removed', loc: Loc): boolean => {
    const scalars: Scalar[] = [];
    exposeLoc(loc, scalars, 0, receiver);
    if (notes === null) return guest.callHook(hook, scalars) === METHOD_FAILED;
    return (
      notes.observe(request, (args) => guest.callHook(hook, args), scalars, hook) === METHOD_FAILED
    );
  };
  const failures = [
    ...removed.map((loc) => callHook('entry_removed', loc)),
    ...created.map((loc) => callHook('entry_created', loc)),
  ];
  return failures.filter(Boolean).length;
}

/** Finds the names that the fop made and removed; omits those for which the module has no hook. */
function findEntryChanges(plan: Plan, args: readonly unknown[]): EntryChanges {
  const removed = plan.removedLocIndex < 0 ? [] : [args[plan.removedLocIndex] as Loc];
  const created = plan.createdLocIndex < 0 ? [] : [args[plan.createdLocIndex] as Loc];
  if (plan.name !== 'rename') return { removed, created };
  const [from, to, xdata] = args as FopTable['rename']['args'];
  if (((xdata?.number(RENAME_FLAGS) ?? 0) & RENAME_EXCHANGE) !== 0) {
    const both = [from, to];
    return { removed: removed.length > 0 ? both : [], created: created.length > 0 ? both : [] };
  }
  const isSameFile = from.inode !== null && from.inode === to.inode;
  return isSameFile ? { removed: [], created: [] } : { removed, created };
}
