/**
 * Checks a module's message in the guest's own thread, so that a mistake raises an error in the
 * module's own call without a wait for the main thread. It knows the scalars of the current call
 * only; the main thread is asked about a message that refers to anything else.
 */

import { FILES_ROW } from '../../runtime/core/file-methods.ts';
import type { Arg, FopRow } from '../../runtime/core/fops.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { type Fd, Loc } from '../../runtime/core/operands.ts';
import { checkResult, type MethodCall } from '../../runtime/files/methods.ts';
import { type GuestMessage, readDecision } from '../host/crossing/decision.ts';
import { listScalarKinds } from '../host/crossing/kinds.ts';
import type { Resolver } from '../host/crossing/message.ts';
import type { ChildReply } from '../host/crossing/reply-check.ts';
import type { Scalar } from '../host/guest.ts';
import type { MemoryTools } from '../host/machine.ts';
import { readReturned } from '../host/requests/hosted-files.ts';

/** Thrown for a message that only the main thread can check. */
class UnknownHereError extends Error {}

const throwUnknown = (): never => {
  throw new UnknownHereError('only the main thread knows');
};

/** Stands for a value that the thread does not have; its size is unknown. */
class AbsentValue {
  get length(): number {
    return throwUnknown();
  }
}
const ABSENT = new AbsentValue();

const makeInode = (id: Scalar): Inode | null =>
  id === 0 ? null : ({ id, table: null } as unknown as Inode);

/** Makes a loc that names its inodes by number only. */
const makeLoc = (scalars: readonly Scalar[], at: number): Loc =>
  new Loc(makeInode(scalars[at]), makeInode(scalars[at + 1]), (scalars[at + 2] as string) ?? null);

/** The values of a call, as far as its scalars tell. */
interface KnownValues {
  /** Null, a number or text, data of a known length, or ABSENT. */
  readonly values: unknown[];
  /** The numbers of inodes, and those of fds. */
  readonly inodes: Set<unknown>;
  readonly fds: Set<unknown>;
}

function readKnownValues({ args, scalars, offset }: CheckedCall): KnownValues {
  const inodes = new Set<unknown>();
  const fds = new Set<unknown>();
  let next = offset;
  const values = args.map((arg) => {
    const at = next;
    const scalar = scalars[at];
    next += listScalarKinds([arg]).length;
    if (arg.type === 'loc') {
      inodes.add(scalar).add(scalars[at + 1]);
      return makeLoc(scalars, at);
    }
    if (arg.type === 'int') return scalar;
    if (arg.type === 'str') return scalar ?? null;
    if (arg.type === 'data') return scalar === -1 ? null : { length: scalar };
    if (arg.type === 'inode') inodes.add(scalar);
    else if (arg.type === 'fd') fds.add(scalar);
    return scalar === 0 ? null : ABSENT;
  });
  return { values, inodes, fds };
}

/** Makes the call of a method from its arguments; of data only the length is known. */
function makePending([method, path, text, a, b, handle, data]: readonly unknown[]) {
  const call = { method, path, text, a, b, handle, data } as MethodCall;
  return { call, check: (value: unknown) => checkResult(call, value) };
}

/** The current call, as a check needs it. */
export interface CheckedCall {
  /** The request's fop; undefined for a request of the module's own. */
  readonly row: FopRow | undefined;
  /** The wind that it has the reply to; -1 for the request itself. */
  readonly wind: number;
  /** The declarations of the scalars' values, and the scalars from `offset` on. */
  readonly args: readonly Arg[];
  readonly replyRow: FopRow | null;
  readonly scalars: readonly Scalar[];
  readonly offset: number;
  /** The largest op_ret of an own reply, as the request's arguments limit it. */
  readonly maxOpRet: number;
}

/**
 * Checks a message about the current call's request. Returns false if the main thread must check
 * it. @throws {MessageError} for a mistake
 */
export function checkMessage(
  message: GuestMessage,
  call: CheckedCall,
  childCount: number,
  byteArrays: readonly Uint8Array[],
  memory: MemoryTools,
): boolean {
  const { row, args, scalars, wind, replyRow } = call;
  const { values, inodes, fds } = readKnownValues(call);
  const isKnown = (number: number, index: number): boolean => number === wind && index in args;
  const resolver: Resolver = {
    findValue: (number, index) => (isKnown(number, index) ? values[index] : throwUnknown()),
    findType: (number, index) =>
      isKnown(number, index) ? args[index]!.type : (throwUnknown() as undefined),
    findInode: (id) =>
      inodes.has(id) ? (makeInode(id) ?? undefined) : (throwUnknown() as undefined),
    isForgotten: () => throwUnknown(),
    findFd: (id) => (fds.has(id) ? ({ id } as Fd) : (throwUnknown() as undefined)),
    findBytes: (id) => byteArrays[id],
    table: null,
    memory,
  };
  const reply: ChildReply | undefined =
    replyRow === null
      ? undefined
      : {
          wind,
          row: replyRow,
          opRet: scalars[2] as number,
          opErrno: scalars[3] as number,
          values,
        };
  const limitIndex = row?.args.findIndex(({ name }) => name === row.counts?.most) ?? -1;
  const requestArgs: unknown[] = [];
  if (limitIndex >= 0) requestArgs[limitIndex] = call.maxOpRet;
  try {
    readDecision(message, {
      // Both rows of methods have these arguments.
      readReturned:
        args[0]?.name === FILES_ROW.args[0]!.name
          ? (value) => readReturned(makePending(values), value, (id) => byteArrays[id])
          : undefined,
      row,
      request: { args: requestArgs, replies: [reply] },
      childCount,
      resolver,
    });
    return true;
  } catch (error) {
    if (error instanceof UnknownHereError) return false;
    throw error;
  }
}
