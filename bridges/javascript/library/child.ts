/** Children, and the replies that an async method awaits from them. */
import { type FopRow, fops } from '../../../runtime/core/fops.ts';
import { didYouMean } from '../../../runtime/core/nearest.ts';
import { awaited, methods, watched } from './context.ts';
import { FopError } from './errors.ts';
import { type After, type Frame, framePrototype, LATER, WIND } from './frame.ts';
import { host, now } from './host.ts';
import { warn } from './report.ts';
import { isTimeout, withTimeouts } from './timeouts.ts';
import { tellFailed } from './unawaited.ts';
import { changed, hostValue } from './values.ts';

/** `prebuf_dst` is `prebufDst` here. */
export const camel = (name: string): string =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** What a child answered, as it entered: opRet, opErrno, the number of the wind, and the reply. */
export type Answer = readonly unknown[];
/** Where the reply's own parts begin in that. */
export const PARTS = 3;

/** What a child answered: opRet, opErrno, and the fop's reply by name. */
export class Reply {
  declare readonly fop: FopRow;
  /** As it entered: the parts still as scalars, until somebody looks at one. */
  readonly _raw: Answer;
  /** The request that it answers, as long as it is what came. */
  readonly _id: number;
  declare _made: Answer | undefined;

  constructor(answer: Answer, id: number) {
    this._raw = answer;
    this._id = id;
    this._made = answer;
  }

  /** Makes the parts: of the fop's class. */
  declare _make: (this: Reply) => Answer;

  get _answer(): Answer {
    this._made ??= this._make();
    return this._made;
  }

  get opRet(): number {
    return this._raw[0] as number;
  }

  get opErrno(): number {
    return this._raw[1] as number;
  }

  /** The parts in the table's order. */
  get values(): readonly unknown[] {
    return this._answer.slice(PARTS);
  }

  /** Another reply with some parts exchanged, or other timeouts. */
  replace(changes: Readonly<Record<string, unknown>>): Reply {
    const { opRet = this.opRet, ...given } = changes;
    const timeouts = Object.entries(given).filter(([name]) => isTimeout(name));
    const parts = Object.entries(given).filter(([name]) => !isTimeout(name));
    let values = byName(this.fop, Object.fromEntries(parts), this.values);
    if (timeouts.length > 0) values = withTimeouts(this.fop, values, Object.fromEntries(timeouts));
    return new (replyClass(this.fop))([opRet, this.opErrno, 0, ...values], 0);
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.values[Symbol.iterator]();
  }

  toJSON(): Record<string, unknown> {
    const { opRet, opErrno, values } = this;
    const parts = this.fop.reply.map(({ name }, at) => [camel(name), values[at]] as const);
    return { opRet, opErrno, ...Object.fromEntries(parts) };
  }
}

/** Parts of a reply in order, those that are named exchanged. */
export function byName(
  row: FopRow,
  parts: Readonly<Record<string, unknown>>,
  others: readonly unknown[],
): unknown[] {
  const names = row.reply.map(({ name }) => camel(name));
  for (const name of Object.keys(parts)) {
    if (names.includes(name)) continue;
    const hint = didYouMean(name, [...names, 'opRet']);
    throw new TypeError(`a reply of ${row.name} has ${names.join(', ')}; not ${name}${hint}`);
  }
  return names.map((name, at) => (name in parts ? parts[name] : others[at]) ?? null);
}

type ReplyClass = new (answer: Answer, id: number) => Reply;

const replyClasses = new Map<FopRow, ReplyClass>();

/** The class of a fop's replies: with a getter for each part. */
export function replyClass(row: FopRow): ReplyClass {
  const known = replyClasses.get(row);
  if (known !== undefined) return known;
  const reply = class extends Reply {};
  Object.defineProperty(reply, 'name', { value: 'Reply' });
  Object.defineProperty(reply.prototype, 'fop', { value: row });
  row.reply.forEach(({ name }, at) => {
    Object.defineProperty(reply.prototype, camel(name), {
      get(this: Reply) {
        return this._answer[PARTS + at];
      },
      enumerable: true,
    });
  });
  replyClasses.set(row, reply);
  return reply;
}

Object.assign(Reply.prototype, { _made: undefined });

/** A subvolume. Every fop is a method that gives a promise of its Reply. */
export class Child {
  readonly index: number;
  readonly name: string;
  readonly type: string;

  constructor(index: number, name: string, type: string) {
    this.index = index;
    this.name = name;
    this.type = type;
  }

  /** Whether it can serve, as it has said last. */
  get up(): boolean {
    return host.child_up(this.index) === 1;
  }

  toString(): string {
    return `<Child ${this.index} ${this.name} (${this.type})>`;
  }
}
for (const row of fops) {
  const request = {
    [row.name](this: Child, ...args: unknown[]): Promise<Reply> {
      return start(this, row, args);
    },
  };
  Object.defineProperty(Child.prototype, row.name, {
    value: request[row.name],
    writable: true,
    configurable: true,
  });
}

const ownFrames = new Map<FopRow, Frame>();
let lastOwn = 0;

/** The frame of a request of the translator's own. */
function ownFrame(row: FopRow): Frame {
  let made = ownFrames.get(row);
  if (made === undefined) {
    made = framePrototype(row, undefined);
    ownFrames.set(row, made);
  }
  lastOwn -= 1;
  return { __proto__: made, id: lastOwn, _state: LATER } as unknown as Frame;
}

export interface Settle {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** What is settled, when it is told that nobody awaits it. */
  readonly promise?: object;
}
const taken: Settle = { resolve: () => {}, reject: () => {} };
const executor = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  taken.resolve = resolve;
  taken.reject = reject;
};
const Native = Promise;

/** Starts a request to a child; a promise of its Reply. */
export function start(child: Child, row: FopRow, args: readonly unknown[]): Promise<Reply> {
  const current = now.current as Frame | null;
  const after = current?._after ?? null;
  if (after !== null && isSpent(after, current!)) return new Native<Reply>(() => {});
  const frame = current === null || current.answered ? ownFrame(row) : current;
  if (after !== null) frame._after = after;
  const promise = new Native<unknown>(executor) as Promise<Reply>;
  watched.promise = promise;
  const settle = { resolve: taken.resolve, reject: taken.reject, promise };
  frame._open();
  if (frame._state === 0 && frame._isFresh() && isFirst(frame, child, row, args)) {
    frame._first = [settle.resolve, settle.reject, null];
    frame._state = WIND;
  } else frame._pushWind(row, child, args, { cbk: undefined, promise: settle, cookie: undefined });
  return promise;
}

/** Whether it is too late for another: the promise of that is never settled. */
function isSpent(after: After, frame: Frame): boolean {
  after.left -= 1;
  if (after.left === -1) {
    const text = `goes on although the request was given up: it gets no more replies`;
    warn(methods.get(frame.name), `${frame.name}: ${text}`);
  }
  return after.left < 0;
}

/** Whether a request goes to the first child as it came. */
function isFirst(frame: Frame, child: Child, row: FopRow, args: readonly unknown[]): boolean {
  const came = frame._args;
  if (child.index !== 0 || row !== frame.fop || came === null || args.length > came.length) {
    return false;
  }
  for (let i = 0; i < came.length; i++) if ((args[i] ?? null) !== came[i]) return false;
  return !changed(came);
}

/** Lets whoever awaits it go on with what the child answered. */
export function deliver(settle: Settle, frame: Frame, row: FopRow, answer: Answer): void {
  // The host keeps nothing of a request that nobody above waits for.
  if (frame.id < 0) for (const value of answer) hostValue(value)?._take();
  const reply = new (replyClass(row))(answer, row === frame.fop ? frame.id : 0);
  if (reply.opRet >= 0) {
    settle.resolve(reply);
    return;
  }
  const error = new FopError(reply.opErrno, undefined, reply);
  settle.reject(error);
  if (settle.promise === undefined || awaited.has(settle.promise)) return;
  tellFailed(frame, row.name, error);
}
