/**
 * Calls methods of a module that are no fops: those of a file system by path (`glupy.Files`), and `entry_seen`. A call is
 * a hosted request without winds: it has the limits, the failure policy and the successors of a fop.
 */

import { EIO, EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import {
  FILES_LATER_ROW,
  FILES_ROW,
  type FileMethod,
  hasEffect,
} from '../../../runtime/core/file-methods.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import {
  checkResult,
  type FilesBackend,
  isFilterMethod,
  type MethodCall,
  ResultError,
  type TakeResult,
} from '../../../runtime/files/methods.ts';
import { MessageError } from '../crossing/message.ts';
import { makeEntry, type Plan } from '../crossing/plan.ts';
import {
  type FilesDescription,
  type Guest,
  RETURNED_DATA,
  RETURNED_NOTHING,
  UNWIND_UNCHANGED,
} from '../guest.ts';
import type { HostedRequest } from './hosted-request.ts';

/** Checks a method's result, and returns what its caller takes. @throws {ResultError} */
type CheckResult = (value: unknown) => unknown;

/** A call on its way: the fop's frame has it as its `local`. */
interface PendingMethod {
  readonly call: MethodCall;
  readonly take: TakeResult;
  readonly check: CheckResult;
}

type CheckedCall = Pick<PendingMethod, 'call' | 'check'>;

const findPending = (frame: Frame): PendingMethod => frame.local as PendingMethod;

/**
 * Checks the result of a method. @throws {MessageError}
 * @param findBytes finds bytes that the guest has passed
 */
export function readReturned(
  pending: CheckedCall,
  value: unknown,
  findBytes: (id: number) => Uint8Array | undefined,
): unknown {
  const isData = Array.isArray(value) && value.length === 2 && value[0] === 'data';
  return checkReturned(
    pending,
    isData && typeof value[1] === 'number' ? findBytes(value[1]) : value,
  );
}

/** Checks the result that a code stands for. @throws {MessageError} @param data what the guest has lent */
export function readReturnedCode(frame: Frame, code: number, data: unknown): unknown {
  const result =
    code === RETURNED_NOTHING ? null : code === RETURNED_DATA ? data : code - UNWIND_UNCHANGED;
  return checkReturned(findCall(frame), result);
}

/**
 * Reads attributes or names that a guest lends as a result, and copies bytes: those of a read into the caller's buffer,
 * if there is one. @throws {MessageError}
 */
export function copyLent(request: HostedRequest | null, bytes: Uint8Array): unknown {
  const pending = request?.plan?.row === FILES_ROW ? findPending(request.frame) : null;
  const method = pending?.call.method;
  if (method === 'stat' || method === 'list') return checkReturned(pending!, bytes);
  const isRead = pending !== null && pending.call.b >= bytes.length;
  const buffer = isRead ? request!.frame.readBuffer : null;
  if (buffer === null || buffer.length < bytes.length) return bytes.slice();
  buffer.set(bytes);
  return buffer.subarray(0, bytes.length);
}

function checkReturned({ call, check }: CheckedCall, result: unknown): unknown {
  try {
    return check(result);
  } catch (error) {
    if (!(error instanceof ResultError)) throw error;
    throw new MessageError(`${call.method} of ${call.path}: ${error.message}`);
  }
}

/** Finds the call for which a frame waits. */
export const findCall = (frame: Frame): CheckedCall => findPending(frame);

/** Passes a method's result on. */
export const takeReturned = (frame: Frame, value: unknown): void =>
  findPending(frame).take(0, value);

/** The parts of an interpreter that a call needs. */
export interface MethodTaker {
  begin(plan: Plan, frame: Frame, args: readonly unknown[]): HostedRequest | null;
  callGuest(request: HostedRequest, plan: Plan): void;
}

/** The methods of a module, in one interpreter. */
export class HostedMethods {
  private readonly plans: Readonly<Record<string, Plan>>;
  private readonly kinds: FilesDescription['methods'];
  private readonly taker: MethodTaker;
  protected readonly guest: Guest;

  /** @param again passes a call that waited for a successor to that */
  constructor(
    guest: Guest,
    kinds: FilesDescription['methods'],
    taker: MethodTaker,
    again: (frame: Frame) => void,
  ) {
    this.guest = guest;
    this.kinds = kinds;
    this.taker = taker;
    const makePlan = (row: typeof FILES_ROW): Plan => ({
      ...makeEntry(row, guest, guest.makeFopEntry(row.name)),
      name: row.name as FopName,
      seesReplies: false,
      seesInterrupts: row === FILES_LATER_ROW,
      createdLocIndex: -1,
      removedLocIndex: -1,
      // A call has no winds.
      wind: () => {},
      tail: () => {},
      // A failure after an await; a success is a `return`.
      unwind: (frame, opRet, opErrno) =>
        findPending(frame).take(opRet < 0 ? opErrno : EIO, undefined),
      endsInterrupted(frame) {
        const { method } = findPending(frame).call;
        return !isFilterMethod(method) && !hasEffect(method);
      },
      fail: (frame, errno) => findPending(frame).take(errno, undefined),
      again,
    });
    const used = new Set(Object.values(kinds));
    this.plans = {
      ...(used.has('plain') && { plain: makePlan(FILES_ROW) }),
      ...(used.has('async') && { async: makePlan(FILES_LATER_ROW) }),
    };
  }

  /** @param check the check of the result; by default that of a file system by path */
  call(
    frame: Frame,
    call: MethodCall,
    take: TakeResult,
    check: CheckResult = (value) => checkResult(call, value),
  ): void {
    frame.local = { call, take, check } satisfies PendingMethod;
    this.enter(frame);
  }

  /** Calls the method for which a frame waits. */
  enter(frame: Frame): void {
    const { call, take } = findPending(frame);
    const { method, path, text, a, b, handle, data, fd } = call;
    const kind = this.kinds[method];
    if (kind === undefined) {
      take(EOPNOTSUPP, undefined);
      return;
    }
    const plan = this.plans[kind]!;
    // In the order of `FILES_ARGUMENTS`; the guest finds an fd by its number.
    const args = [method, path, text ?? null, a, b, handle, data, fd];
    const request = this.taker.begin(plan, frame, args);
    if (request === null) return;
    const { scratch } = plan;
    scratch[1] = method;
    scratch[2] = path;
    scratch[3] = text;
    scratch[4] = a;
    scratch[5] = b;
    scratch[6] = handle;
    scratch[7] = data === null ? -1 : data.length;
    this.taker.callGuest(request, plan);
  }
}

/** The methods of a module's file system by path, in one interpreter. */
export class HostedFiles extends HostedMethods implements FilesBackend {
  readonly defined: ReadonlySet<FileMethod>;
  readonly readsWhole: boolean;
  readonly hidesRemoved: boolean;

  constructor(
    guest: Guest,
    { methods, readsWhole, hidesRemoved = false }: FilesDescription,
    taker: MethodTaker,
    again: (frame: Frame) => void,
  ) {
    super(guest, methods, taker, again);
    this.defined = new Set(Object.keys(methods) as FileMethod[]);
    this.readsWhole = readsWhole;
    this.hidesRemoved = hidesRemoved;
  }

  get timesEntered(): number | undefined {
    return this.guest.timesEntered;
  }
}
