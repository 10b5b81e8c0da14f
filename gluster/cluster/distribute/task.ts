/**
 * Runs a fop of many steps as a generator that pauses at each wind until its replies have arrived.
 * GlusterFS's synctask does the same with a thread stack. The volume's README shows a task.
 *
 * - The frame is unwound once, with the value that the steps return, or earlier by `replyEarly`: before
 *   the last steps, such as unlocking.
 * - Steps may wait for winds only, not for promises, and must `yield*` every wind. The last reply resumes
 *   the steps, possibly within the wind itself.
 * - An error in a step is a bug: it is logged, and the reply is EIO.
 * - Locks of `windInternal` have an owner per task, so two tasks exclude each other. After
 *   `setIgnoresInterrupts(false)` a lock fails with EINTR if the caller is interrupted; call
 *   `setIgnoresInterrupts(true)` before the first change.
 */
import { EIO } from '../../../runtime/core/errno.ts';
import { findFop } from '../../../runtime/core/fops.ts';
import { type Frame, Stack } from '../../../runtime/core/frame.ts';
import {
  collectCbk,
  type FopName,
  type FopTable,
  fopNames,
  unwindArgs,
  windArgs,
} from '../../../runtime/core/gen/fops.gen.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Cbk, Fop, Xlator } from '../../../runtime/core/xlator.ts';
import type { Distribute } from './distribute.ts';

/** The reply of one wind, and the result of a task. */
export interface Reply<N extends FopName> {
  readonly opRet: number;
  /** Valid only if `opRet` is negative; ENOENT of a successful listing marks its last entries. */
  readonly opErrno: number;
  readonly values: FopTable[N]['reply'];
}

/** The steps of a task, resumed when the replies to their winds have arrived. */
export type Steps<R> = Generator<undefined, R, undefined>;

/** The values of a failed reply, by fop: all null. */
const failedReplyValues = Object.fromEntries(
  fopNames.map((name) => [name, findFop(name)!.reply.map(() => null)]),
) as unknown as Readonly<Record<FopName, never>>;

/** One of several winds that a task sends at once as an internal client; they may be different fops. */
export interface InternalCall {
  readonly child: number;
  readonly fop: FopName;
  readonly args: readonly unknown[];
}

/** Makes a call for `windInternalCalls`. */
export const makeInternalCall = <N extends FopName>(
  child: number,
  fop: N,
  ...args: FopTable[N]['args']
): InternalCall => ({ child, fop, args });

/** Makes the reply of a failed fop. */
export const makeFailure = <N extends FopName>(fop: N, opErrno: number): Reply<N> => ({
  opRet: -1,
  opErrno,
  values: failedReplyValues[fop],
});

/** Makes the reply of a successful fop. @param _fop only for the types of `values` */
export const makeSuccess = <N extends FopName>(
  _fop: N,
  ...values: FopTable[N]['reply']
): Reply<N> => ({
  opRet: 0,
  opErrno: 0,
  values,
});

/**
 * The pid of the task's own requests: that of an internal client, which may change layouts
 * (`GF_CLIENT_PID_NO_ROOT_SQUASH`).
 */
const INTERNAL_CLIENT_PID = -4;

/** The number of the last task with internal requests; each task's lock owner is its number. */
let lastTaskNumber = 0;

/** Passes a reply to the task of its frame. */
const deliverReply = (
  frame: Frame,
  cookie: number,
  opRet: number,
  opErrno: number,
  values: unknown,
) => (frame.local as Task).onReply(cookie, { opRet, opErrno, values: values as never });

/** The callbacks of all winds, by fop. */
const cbks = Object.fromEntries(
  fopNames.map((name) => [
    name,
    collectCbk[name]((frame, cookie, _xl, opRet, opErrno, values) =>
      deliverReply(frame, cookie, opRet, opErrno, values),
    ),
  ]),
) as unknown as { readonly [N in FopName]: Cbk<N, unknown> };

/** One fop that runs in steps, with the replies that its steps await. */
export class Task {
  readonly volume: Distribute;
  /** The caller's frame. */
  readonly frame: Frame;
  private steps: Steps<unknown> | null = null;
  private onEnd: (result: unknown, error: unknown) => void = () => {};
  private replies: Reply<FopName>[] = [];
  private outstandingReplyCount = 0;
  private isRunning = false;
  /** The frame of internal requests; null before the first one. */
  private internalFrameOrNull: Frame | null = null;
  private ignoresInterrupts = true;

  constructor(volume: Distribute, frame: Frame) {
    this.volume = volume;
    this.frame = frame;
    frame.local = this;
  }

  /** Winds to one child as the caller. */
  *windOne<N extends FopName>(
    child: number,
    fop: N,
    ...args: FopTable[N]['args']
  ): Steps<Reply<N>> {
    this.replies = [];
    this.send(this.frame, child, 0, fop, args);
    yield;
    return this.replies[0] as Reply<N>;
  }

  /** Winds to one child as an internal client with root's rights. */
  *windInternal<N extends FopName>(
    child: number,
    fop: N,
    ...args: FopTable[N]['args']
  ): Steps<Reply<N>> {
    this.replies = [];
    this.send(this.internalFrame, child, 0, fop, args);
    yield;
    return this.replies[0] as Reply<N>;
  }

  /** Winds to several children at once; replies have the order of the children. */
  windEach<N extends FopName>(
    children: readonly number[],
    fop: N,
    makeArgs: (child: number) => FopTable[N]['args'],
  ): Steps<Reply<N>[]> {
    return this.windParallel(this.frame, children, fop, makeArgs);
  }

  /** Winds to several children at once as an internal client. */
  windInternalEach<N extends FopName>(
    children: readonly number[],
    fop: N,
    makeArgs: (child: number) => FopTable[N]['args'],
  ): Steps<Reply<N>[]> {
    return this.windParallel(this.internalFrame, children, fop, makeArgs);
  }

  /** Winds different fops at once as an internal client; replies have the order of the calls. */
  *windInternalCalls(calls: readonly InternalCall[]): Steps<Reply<FopName>[]> {
    if (calls.length === 0) return [];
    this.replies = [];
    calls.forEach(({ child, fop, args }, index) => {
      this.send(this.internalFrame, child, index, fop, args as never);
    });
    yield;
    return this.replies;
  }

  /**
   * Sets whether the task goes on waiting for a lock when the caller is interrupted. It must do so from its first
   * change on, as changes must be completed or undone.
   */
  setIgnoresInterrupts(ignoresInterrupts: boolean): void {
    this.ignoresInterrupts = ignoresInterrupts;
  }

  /** Replies to the caller before the remaining steps, which may no longer wind as the caller. */
  replyEarly<N extends FopName>(reply: Reply<N>): void {
    const { onEnd } = this;
    this.onEnd = (_, error) => {
      if (error !== null) logError(this.volume, 'after the reply', error);
    };
    onEnd(reply, null);
  }

  /** Starts the steps; called by `runTask` alone. */
  start(steps: Steps<unknown>, onEnd: (result: unknown, error: unknown) => void): void {
    this.steps = steps;
    this.onEnd = onEnd;
    this.advance();
  }

  /** Stores a reply under the index of its wind; called by the callbacks of winds alone. */
  onReply(index: number, reply: Reply<FopName>): void {
    this.replies[index] = reply;
    this.outstandingReplyCount -= 1;
    if (this.outstandingReplyCount === 0 && !this.isRunning) this.advance();
  }

  /** Winds a fop to several children at once in this frame; replies have the order of the children. */
  private *windParallel<N extends FopName>(
    frame: Frame,
    children: readonly number[],
    fop: N,
    makeArgs: (child: number) => FopTable[N]['args'],
  ): Steps<Reply<N>[]> {
    this.replies = [];
    children.forEach((child, index) => {
      this.send(frame, child, index, fop, makeArgs(child));
    });
    yield;
    return this.replies as unknown as Reply<N>[];
  }

  /** Winds a fop. @param index the index of its reply in `replies` */
  private send<N extends FopName>(
    frame: Frame,
    child: number,
    index: number,
    fop: N,
    args: FopTable[N]['args'],
  ): void {
    this.outstandingReplyCount += 1;
    windArgs[fop](frame, index, cbks[fop] as never, this.volume.xl.children[child]!, args);
  }

  /** Resumes the steps, in a loop while replies arrive at once, so that the stack does not grow. */
  private advance(): void {
    let step: IteratorResult<undefined, unknown>;
    this.isRunning = true;
    try {
      do step = this.steps!.next();
      while (!step.done && this.outstandingReplyCount === 0);
    } catch (error) {
      this.end(undefined, error);
      return;
    } finally {
      this.isRunning = false;
    }
    if (step.done) this.end(step.value, null);
  }

  /** Ends the internal requests, and passes the result of the steps on. */
  private end(result: unknown, error: unknown): void {
    if (this.internalFrameOrNull !== null) this.volume.xl.end(this.internalFrameOrNull.root);
    this.onEnd(result, error);
  }

  /** The frame of the task's own requests. */
  private get internalFrame(): Frame {
    if (this.internalFrameOrNull !== null) return this.internalFrameOrNull;
    const root = new Stack(0, 0, INTERNAL_CLIENT_PID, this.frame.root.op);
    lastTaskNumber += 1;
    // Changes that this task makes carry the time of the caller's request.
    root.ctime = this.frame.root.ctime;
    root.lkOwner = lastTaskNumber.toString(16).padStart(16, '0');
    const frame = this.volume.xl.begin(root);
    frame.local = this;
    this.internalFrameOrNull = frame;
    this.frame.root.whenInterrupted(() => {
      if (!this.ignoresInterrupts) root.interrupt();
    });
    return frame;
  }
}

/** Runs a task and unwinds the fop with its result. */
export function runTask<N extends FopName>(
  frame: Frame,
  { priv }: Xlator<Distribute>,
  fop: N,
  steps: (task: Task) => Steps<Reply<N>>,
): void {
  const task = new Task(priv, frame);
  task.start(steps(task), (result, error) => {
    if (error !== null) logError(priv, fop, error);
    const { opRet, opErrno, values } =
      error === null ? (result as Reply<N>) : makeFailure(fop, EIO);
    unwindArgs[fop](frame, opRet, opErrno, values);
  });
}

/** Makes a fop that runs the steps as a task. */
export const makeTaskFop =
  <N extends FopName>(
    fop: N,
    steps: (task: Task, args: FopTable[N]['args']) => Steps<Reply<N>>,
  ): Fop<N, Distribute> =>
  (frame, xl, ...args) =>
    runTask(frame, xl, fop, (task) => steps(task, args));

function logError({ xl }: Distribute, context: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  xl.log.error(`${context}: ${text}`, { msgid: messages.taskFailed.id });
}
