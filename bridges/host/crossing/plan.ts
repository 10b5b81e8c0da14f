/**
 * Makes a plan for each fop of a module when its interpreter starts, so that a request needs no
 * look-ups by name. The functions of `crossings.gen.ts` and `Interpreter` carry the plans out.
 */
import { type FopRow, fops as fopTable } from '../../../runtime/core/fops.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import {
  type FopName,
  fail,
  tailArgs,
  unwindArgs,
  windArgs,
} from '../../../runtime/core/gen/fops.gen.ts';
import type { Cbk, Child, Fop, Fops, Xlator } from '../../../runtime/core/xlator.ts';
import { changesData, type EnterGuest, type Guest, type HookName } from '../guest.ts';
import { type Entry, fopCrossings, replyCrossings, type Taker } from './crossings.gen.ts';

/** The callback of any fop. */
export type AnyCbk = Cbk<FopName, unknown>;

/** Looks up the core's functions for one fop. */
const findCoreFunctions = (name: FopName) => ({
  wind: windArgs[name] as AnyWind,
  tail: tailArgs[name],
  unwind: unwindArgs[name],
  fail: fail[name],
});
/** A fop's wind, of any fop: its arguments are in an array. */
export type AnyWind = (
  ...args: [frame: Frame, cookie: number, cbk: AnyCbk, child: Child, args: readonly unknown[]]
) => void;

/** The plan of one fop of the module. */
export interface Plan extends Entry, ReturnType<typeof findCoreFunctions> {
  readonly name: FopName;
  /** True if the module sees replies of requests wound unchanged. */
  readonly seesReplies: boolean;
  /** True if the module is notified when the caller is interrupted. */
  readonly seesInterrupts: boolean;
  /** Whether an interrupted request ends although the module goes on; absent for a fop, which the module ends. */
  endsInterrupted?(frame: Frame): boolean;
  /** Index of the argument whose name the fop creates; -1 if no hook needs it. */
  readonly createdLocIndex: number;
  /** Index of the argument whose name the fop removes; -1 if no hook needs it. */
  readonly removedLocIndex: number;
  /** Starts a request anew that waited for a successor; absent for a fop, which the volume starts. */
  again?(frame: Frame, args: readonly unknown[]): void;
}

/** Makes an entry into the guest. @param enter see `Entry` */
export const makeEntry = (row: FopRow, guest: Guest, enter: EnterGuest | null): Entry => ({
  row,
  enter,
  scratch: [],
  takesScalars: guest.recordNeeds === undefined,
});

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
    ...makeEntry(row, guest, hasEntry ? guest.makeFopEntry(name) : null),
    name,
    seesReplies: description?.cbk === true,
    seesInterrupts: description?.cancel === true,
    createdLocIndex,
    removedLocIndex,
    ...findCoreFunctions(name),
  };
}

/** Makes the fop functions of a volume; `taker` takes their requests. */
export function makeFops<R>(guest: Guest, xl: Xlator, taker: Taker<Plan, R>): Fops<unknown> {
  const functions: { [N in FopName]?: Fop<FopName, unknown> } = {};
  for (const row of fopTable) {
    const plan = planFop(row, guest, xl);
    if (plan !== null)
      functions[plan.name] = fopCrossings[plan.name](plan, taker) as Fop<FopName, unknown>;
  }
  return functions as Fops<unknown>;
}

/** Makes the callback of winds whose reply the guest sees. */
export const makeGuestCbk = <R>(row: FopRow, guest: Guest, taker: Taker<Plan, R>): AnyCbk =>
  replyCrossings[row.name as FopName](
    makeEntry(row, guest, guest.makeReplyEntry(row.name)),
    taker,
  ) as AnyCbk;
