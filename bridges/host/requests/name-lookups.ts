/**
 * Looks up a name before a module's wind on it, if the module has not (`Loc.of(parent=…, name=…)`):
 * translators below expect a lookup before each fop on a name, as from a mount. Also applies the
 * replies of a module's own lookups and moves to the inode table.
 */
import { applyReply, linkReply } from '../../../runtime/core/apply-reply.ts';
import { newGfid } from '../../../runtime/core/context.ts';
import { Dict } from '../../../runtime/core/dict.ts';
import { EIO, ESTALE } from '../../../runtime/core/errno.ts';
import { type FopRow, findFop } from '../../../runtime/core/fops.ts';
import { collectCbk, wind } from '../../../runtime/core/gen/fops.gen.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { GFID_REQ } from '../../../runtime/core/xdata.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { Decision } from '../crossing/decision.ts';
import { ForgottenLoc } from '../crossing/message.ts';
import type { HostedRequest } from './hosted-request.ts';

const LOOKUP = findFop('lookup')!;

/** The interpreter's methods that carry out a decision after its lookup. */
export interface LookupExecutor {
  carryOutDecision(request: HostedRequest, decision: Decision): void;
  getGuestCbk(row: FopRow): unknown;
  runDecisions(): void;
}

/** Finds the index of the first loc that needs a lookup; -1 if none does. New names need none. */
function findUnresolvedIndex({ args, entry }: FopRow, values: readonly unknown[]): number {
  for (let index = 0; index < args.length; index++) {
    const value = values[index];
    if (!(value instanceof Loc) || value.inode !== null) continue;
    if (value.parent !== null && value.name !== null && args[index]!.name !== entry.creates)
      return index;
  }
  return -1;
}

/**
 * Looks up the first unknown name of a decision; then carries the decision out, or fails it if the
 * name is missing. Returns false if no lookup is needed: the caller carries the decision out.
 */
export function lookUpUnknownName(
  executor: LookupExecutor,
  xl: Xlator<unknown>,
  request: HostedRequest,
  decision: Decision,
): boolean {
  if (decision.verb !== 'wind' && decision.verb !== 'tail') return false;
  const row = decision.verb === 'wind' ? decision.row : request.plan?.row;
  if (row === undefined || request.isAbandoned) return false;
  const { values, child } = decision;
  if (values.some((value) => value instanceof ForgottenLoc)) {
    request.frame.local = request;
    failDecision(executor, xl, request, decision, row, ESTALE);
    return true;
  }
  const unresolvedIndex = findUnresolvedIndex(row, values);
  if (unresolvedIndex < 0) {
    if (decision.verb === 'wind') recordMove(request, row, decision.wind, values);
    return false;
  }
  const loc = values[unresolvedIndex] as Loc;
  const { table } = loc.parent!;
  const newLoc = new Loc(table.newInode(), loc.parent, loc.name);
  // The queue counts a decided wind itself, but not a tail.
  const uncountedWinds = decision.verb === 'tail' ? 1 : 0;
  const cbk = collectCbk.lookup((_frame, _cookie, _xl, opRet, opErrno, reply) => {
    request.owedReplyCount -= uncountedWinds;
    const isValid = applyReply(LOOKUP, [newLoc, null], opRet, opErrno, reply);
    if (opRet >= 0 && isValid) {
      values[unresolvedIndex] = new Loc(reply[0] as Inode, loc.parent, loc.name, loc.gfid);
      executor.carryOutDecision(request, decision);
    } else failDecision(executor, xl, request, decision, row, opRet < 0 ? opErrno : EIO);
    executor.runDecisions();
  });
  request.owedReplyCount += uncountedWinds;
  request.windCount += uncountedWinds;
  request.frame.local = request;
  const xdata = new Dict().setGfid(GFID_REQ, newGfid(xl.context));
  wind.lookup(request.frame, 0, cbk, xl.children[child]!, newLoc, xdata);
  return true;
}

/** Fails a decision: unwinds a tail's request, or calls a wind's callback in place of the child. */
export function failDecision(
  executor: LookupExecutor,
  xl: Xlator<unknown>,
  request: HostedRequest,
  decision: Extract<Decision, { readonly verb: 'wind' | 'tail' }>,
  row: FopRow,
  opErrno: number,
): void {
  const values = row.reply.map(({ type }) => (type === 'int' ? -1 : null));
  if (decision.verb === 'tail') {
    executor.carryOutDecision(request, { verb: 'unwind', opRet: -1, opErrno, values });
    return;
  }
  const cbk = executor.getGuestCbk(row) as (...all: unknown[]) => void;
  cbk(request.frame, decision.wind, xl, -1, opErrno, ...values);
}

/**
 * Records a wind that moves or removes other names than the request does: the caller, which does
 * not know of them, cannot update the inode table.
 */
function recordMove(
  request: HostedRequest,
  row: FopRow,
  wind: number,
  values: readonly unknown[],
): void {
  if (row.entry.removes === undefined || request.plan?.row === row) return;
  request.movedArgs ??= new Map();
  request.movedArgs.set(wind, values);
  // The reply's callback tests `namedLocs` only.
  request.namedLocs ??= new Map();
}

/** Records a name that the guest looks up or makes: the host links its inode, as no caller does. */
export function recordName(
  request: HostedRequest,
  wind: number,
  row: FopRow,
  values: readonly unknown[],
): void {
  if (!row.reply.some(({ type }) => type === 'inode')) return;
  // The last loc is the new name of link.
  const loc = values.findLast((value) => value instanceof Loc) as Loc | undefined;
  if (!loc?.parent || !loc.inode || request.findInode(loc.inode.id) !== undefined) return;
  request.namedLocs ??= new Map();
  request.namedLocs.set(wind, loc);
}

/** Applies a successful reply of a recorded wind to the inode table, as a mount does. */
export function linkRecorded(
  request: HostedRequest,
  wind: number,
  row: FopRow,
  values: unknown[],
): void {
  const moved = request.movedArgs?.get(wind);
  if (moved !== undefined) applyReply(row, moved, 0, 0, values);
  const loc = request.namedLocs?.get(wind);
  request.namedLocs?.delete(wind);
  const inodeIndex = row.reply.findIndex(({ type }) => type === 'inode');
  const buf = values[row.reply.findIndex(({ name }) => name === 'buf')];
  if (!loc?.parent || !loc.inode || !(buf instanceof Iatt)) return;
  values[inodeIndex] =
    linkReply(loc, values[inodeIndex] as Inode | null, buf) ?? values[inodeIndex];
}
