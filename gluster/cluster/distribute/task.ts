/**
 * A fop of many steps, written one after the other: a generator that stops at each wind until the
 * reply, or all replies, are there. GlusterFS's synctask, without a stack of its own.
 * The volume's README shows one.
 *
 * Rules
 * - What the steps return is the answer of the fop: the frame is unwound with it, once, here and nowhere
 *   else. They wait for nothing but winds, and every wind is waited for.
 * - `answer` gives the answer before the last steps, which are ours alone then: locks that are given back.
 * - Nothing here is a promise: when the last reply comes, the next step runs, also within the wind
 *   itself, whose reply may come before it returns.
 * - An error that a step throws is a mistake in it: it is logged, and the answer is EIO.
 * - Locks of `own` have the owner of this task alone, so two tasks exclude each other.
 * - `patient(false)`: from then on, what waits for a lock is told when the caller gives up, and the
 *   lock answers EINTR. Say `patient(true)` before the first change: what has begun goes on to its end.
 */
import { EIO } from '../../../runtime/core/errno.ts';
import { findFop } from '../../../runtime/core/fops.ts';
import { type Frame, Stack } from '../../../runtime/core/frame.ts';
import { type FopName, type FopTable, fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import { collectCbk, unwindArgs, windArgs } from '../../../runtime/core/gen/generic.gen.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Cbk, Fop, Xlator } from '../../../runtime/core/xlator.ts';
import type { Distribute } from './distribute.ts';

/** What came back of one wind, and what a task answers. */
export interface Answer<N extends FopName> {
  readonly opRet: number;
  /** Only where `opRet` is below 0. */
  readonly opErrno: number;
  readonly values: FopTable[N]['reply'];
}

/** The steps of a task. They are resumed when what was begun has been answered. */
export type Steps<R> = Generator<undefined, R, undefined>;

const nothings = Object.fromEntries(
  fopNames.map((name) => [name, findFop(name)!.reply.map(() => null)]),
) as unknown as Readonly<Record<FopName, never>>;

/** One wind of several at once, which may be different fops. */
export interface Call {
  readonly child: number;
  readonly fop: FopName;
  readonly args: readonly unknown[];
}

export const callOf = <N extends FopName>(
  child: number,
  fop: N,
  ...args: FopTable[N]['args']
): Call => ({ child, fop, args });

export const failure = <N extends FopName>(fop: N, opErrno: number): Answer<N> => ({
  opRet: -1,
  opErrno,
  values: nothings[fop],
});

export const success = <N extends FopName>(
  _fop: N,
  ...values: FopTable[N]['reply']
): Answer<N> => ({ opRet: 0, opErrno: 0, values });

/**
 * The pid of what we ask for ourselves, an internal client's, who may see to the attributes of layouts
 * (`GF_CLIENT_PID_NO_ROOT_SQUASH`).
 */
const OWN_PID = -4;

let lastTask = 0;

const arrived = (frame: Frame, cookie: number, opRet: number, opErrno: number, values: unknown) =>
  (frame.local as Task).arrived(cookie, { opRet, opErrno, values: values as never });

const cbks = Object.fromEntries(
  fopNames.map((name) => [
    name,
    collectCbk[name]((frame, cookie, _xl, opRet, opErrno, values) =>
      arrived(frame, cookie, opRet, opErrno, values),
    ),
  ]),
) as unknown as { readonly [N in FopName]: Cbk<N, unknown> };

export class Task {
  readonly volume: Distribute;
  /** The caller's. */
  readonly frame: Frame;
  private steps: Steps<unknown> | null = null;
  private done: (result: unknown, error: unknown) => void = () => {};
  private replies: Answer<FopName>[] = [];
  private waitsFor = 0;
  private isRunning = false;
  private ownFrame: Frame | null = null;
  private isPatient = true;

  constructor(volume: Distribute, frame: Frame) {
    this.volume = volume;
    this.frame = frame;
    frame.local = this;
  }

  /** One wind to a child, as the caller. */
  *one<N extends FopName>(child: number, fop: N, ...args: FopTable[N]['args']): Steps<Answer<N>> {
    this.replies = [];
    this.send(this.frame, child, 0, fop, args);
    yield;
    return this.replies[0] as Answer<N>;
  }

  /** The same as ourselves: as root, and as an internal client. */
  *own<N extends FopName>(child: number, fop: N, ...args: FopTable[N]['args']): Steps<Answer<N>> {
    this.replies = [];
    this.send(this.self, child, 0, fop, args);
    yield;
    return this.replies[0] as Answer<N>;
  }

  /** To several children at once; the answers come in the order of these. */
  each<N extends FopName>(
    children: readonly number[],
    fop: N,
    args: (child: number) => FopTable[N]['args'],
  ): Steps<Answer<N>[]> {
    return this.parallel(this.frame, children, fop, args);
  }

  ownEach<N extends FopName>(
    children: readonly number[],
    fop: N,
    args: (child: number) => FopTable[N]['args'],
  ): Steps<Answer<N>[]> {
    return this.parallel(this.self, children, fop, args);
  }

  /** Different fops at once, as ourselves; the answers come in the order of the calls. */
  *ownAll(calls: readonly Call[]): Steps<Answer<FopName>[]> {
    if (calls.length === 0) return [];
    this.replies = [];
    calls.forEach(({ child, fop, args }, at) => {
      this.send(this.self, child, at, fop, args as never);
    });
    yield;
    return this.replies;
  }

  /** Whether locks are waited for, even when the caller has given up. */
  patient(isPatient: boolean): void {
    this.isPatient = isPatient;
  }

  /** The caller need not wait for what follows: nothing is wound as the caller any more. */
  answer<N extends FopName>(answer: Answer<N>): void {
    const { done } = this;
    this.done = (_, error) => {
      if (error !== null) explain(this.volume, 'after the answer', error);
    };
    done(answer, null);
  }

  /** For `runTask`. */
  start(steps: Steps<unknown>, done: (result: unknown, error: unknown) => void): void {
    this.steps = steps;
    this.done = done;
    this.advance();
  }

  /** A reply has come. For the callback alone. */
  arrived(at: number, answer: Answer<FopName>): void {
    this.replies[at] = answer;
    this.waitsFor -= 1;
    if (this.waitsFor === 0 && !this.isRunning) this.advance();
  }

  private *parallel<N extends FopName>(
    frame: Frame,
    children: readonly number[],
    fop: N,
    args: (child: number) => FopTable[N]['args'],
  ): Steps<Answer<N>[]> {
    this.replies = [];
    children.forEach((child, at) => {
      this.send(frame, child, at, fop, args(child));
    });
    yield;
    return this.replies as unknown as Answer<N>[];
  }

  private send<N extends FopName>(
    frame: Frame,
    child: number,
    at: number,
    fop: N,
    args: FopTable[N]['args'],
  ): void {
    this.waitsFor += 1;
    windArgs[fop](frame, at, cbks[fop] as never, this.volume.xl.children[child]!, args);
  }

  /** Goes on as long as replies are there at once: however many, the stack stays as deep as it is. */
  private advance(): void {
    let step: IteratorResult<undefined, unknown>;
    this.isRunning = true;
    try {
      do step = this.steps!.next();
      while (!step.done && this.waitsFor === 0);
    } catch (error) {
      this.end(undefined, error);
      return;
    } finally {
      this.isRunning = false;
    }
    if (step.done) this.end(step.value, null);
  }

  private end(result: unknown, error: unknown): void {
    if (this.ownFrame !== null) this.volume.xl.end(this.ownFrame.root);
    this.done(result, error);
  }

  /** The frame of what we ask for ourselves. */
  private get self(): Frame {
    if (this.ownFrame !== null) return this.ownFrame;
    const root = new Stack(0, 0, OWN_PID, this.frame.root.op);
    lastTask += 1;
    // What is changed on the way is changed when the caller says.
    root.ctime = this.frame.root.ctime;
    root.lkOwner = lastTask.toString(16).padStart(16, '0');
    const frame = this.volume.xl.begin(root);
    frame.local = this;
    this.ownFrame = frame;
    this.frame.root.whenInterrupted(() => {
      if (!this.isPatient) root.interrupt();
    });
    return frame;
  }
}

/** Answers a fop by a task. */
export function runTask<N extends FopName>(
  frame: Frame,
  { priv }: Xlator<Distribute>,
  fop: N,
  steps: (task: Task) => Steps<Answer<N>>,
): void {
  const task = new Task(priv, frame);
  task.start(steps(task), (result, error) => {
    if (error !== null) explain(priv, fop, error);
    const { opRet, opErrno, values } = error === null ? (result as Answer<N>) : failure(fop, EIO);
    unwindArgs[fop](frame, opRet, opErrno, values);
  });
}

/** A fop that is answered by a task. */
export const byTask =
  <N extends FopName>(
    fop: N,
    steps: (task: Task, args: FopTable[N]['args']) => Steps<Answer<N>>,
  ): Fop<N, Distribute> =>
  (frame, xl, ...args) =>
    runTask(frame, xl, fop, (task) => steps(task, args));

function explain({ xl }: Distribute, what: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  xl.log.error(`${what}: ${text}`, { msgid: messages.taskFailed.id });
}
