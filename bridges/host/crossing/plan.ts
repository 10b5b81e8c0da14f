/**
 * Makes a plan for each fop of a module when its interpreter starts, so that a request needs no
 * look-ups by name. `Interpreter.startRequest` carries the plans out.
 */

import { type Arg, type FopRow, fops as fopTable } from '../../../runtime/core/fops.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { type FopName, fail } from '../../../runtime/core/gen/fops.gen.ts';
import { collect, tailArgs, unwindArgs, windArgs } from '../../../runtime/core/gen/generic.gen.ts';
import type { Cbk, Child, Fop, Fops, Xlator } from '../../../runtime/core/xlator.ts';
import { changesData, type EnterGuest, type Guest, type HookName, type Scalar } from '../guest.ts';
import { type Flatten, makeFlattener } from './flatten.ts';

/** The callback of any fop. */
export type AnyCbk = Cbk<FopName, unknown>;

/** The core's functions for one fop, looked up once. */
interface CoreFunctions {
  wind(frame: Frame, cookie: number, cbk: AnyCbk, child: Child, args: readonly unknown[]): void;
  tail(frame: Frame, child: Child, args: readonly unknown[]): void;
  unwind(frame: Frame, opRet: number, opErrno: number, reply: readonly unknown[]): void;
  fail(frame: Frame, opErrno: number): void;
}

/** Looks up the core's functions for one fop. */
export function findCoreFunctions(name: FopName): CoreFunctions {
  return {
    wind: windArgs[name] as CoreFunctions['wind'],
    tail: tailArgs[name],
    unwind: unwindArgs[name],
    fail: fail[name],
  };
}

/** The plan of one fop of the module. */
export interface Plan extends CoreFunctions {
  readonly row: FopRow;
  readonly name: FopName;
  /** Calls the module's method; null if it has only a callback or a hook for the fop. */
  readonly enter: EnterGuest | null;
  readonly flatten: Flatten;
  /** Buffer for a call's scalars; the engine copies them before it runs the module. */
  readonly scratch: Scalar[];
  /** True if the module sees replies of requests wound unchanged. */
  readonly seesReplies: boolean;
  /** True if the module is notified when the caller is interrupted. */
  readonly seesInterrupts: boolean;
  /** Index of the argument whose name the fop creates; -1 if no hook needs it. */
  readonly createdLocIndex: number;
  /** Index of the argument whose name the fop removes; -1 if no hook needs it. */
  readonly removedLocIndex: number;
}

/** Makes a flattener, which flattens nothing for a guest that reads records. */
const makeFlattenerFor = (args: readonly Arg[], guest: Guest, receiver: Xlator): Flatten =>
  makeFlattener(guest.recordNeeds === undefined ? args : [], receiver);

/** Makes a fop's plan; null if the module of `xl` neither handles nor observes the fop. */
function planFop(row: FopRow, guest: Guest, xl: Xlator): Plan | null {
  const { fops, hooks, passesThrough } = guest.description;
  const description = fops[row.name];
  const findLocIndex = (arg: string | undefined, hook: HookName): number =>
    arg === undefined || !hooks.includes(hook) ? -1 : row.args.findIndex((a) => a.name === arg);
  const createdLocIndex = findLocIndex(row.entry.creates, 'entry_created');
  const removedLocIndex = findLocIndex(row.entry.removes, 'entry_removed');
  if (description === undefined && createdLocIndex < 0 && removedLocIndex < 0) return null;
  // A module that changes data must define these fops itself, as `any_fop` and hooks do not know
  // how to change their data. Without a plan, core/data-guard.ts decides about the fop.
  const definesFop = description !== undefined && description.any !== true;
  const mustDefineFop = row.data === 'past' || row.data === 'extents';
  if (mustDefineFop && !definesFop && changesData(guest.description)) return null;
  const hasEntry = description !== undefined && description.kind !== 'none';
  // The host would wind such a fop to the first child, which the module must have permitted.
  if (!hasEntry && xl.below.length > 1 && passesThrough !== true) return null;
  const name = row.name as FopName;
  return {
    row,
    name,
    enter: hasEntry ? guest.makeFopEntry(name) : null,
    flatten: makeFlattenerFor(row.args, guest, xl),
    scratch: [],
    seesReplies: description?.cbk === true,
    seesInterrupts: description?.cancel === true,
    createdLocIndex,
    removedLocIndex,
    ...findCoreFunctions(name),
  };
}

/** Makes the fop functions of a volume; each passes its requests to `startRequest`. */
export function makeFops(
  guest: Guest,
  xl: Xlator,
  startRequest: (plan: Plan, frame: Frame, args: unknown[]) => void,
): Fops<unknown> {
  const functions: { [N in FopName]?: Fop<FopName, unknown> } = {};
  for (const row of fopTable) {
    const plan = planFop(row, guest, xl);
    if (plan === null) continue;
    functions[plan.name] = collect[plan.name]((frame, _, args) =>
      startRequest(plan, frame, args),
    ) as Fop<FopName, unknown>;
  }
  return functions as Fops<unknown>;
}

/** A plan for the replies to one fop, which enter the guest. */
export interface ReplyPlan {
  readonly enter: EnterGuest;
  readonly flatten: Flatten;
  readonly scratch: Scalar[];
}

/** Makes the plan for the replies to one fop. */
export function planReply(row: FopRow, guest: Guest, xl: Xlator): ReplyPlan {
  return {
    enter: guest.makeReplyEntry(row.name),
    flatten: makeFlattenerFor(row.reply, guest, xl),
    scratch: [],
  };
}
