/** Sends fops to children, and settles the replies that an async method awaits from them. */
import { type FopRow, fops } from '../../../runtime/core/fops.ts';
import { didYouMean } from '../../../runtime/core/nearest.ts';
import { awaited, methods, watched } from './context.ts';
import { FopError } from './errors.ts';
import { type After, type Frame, framePrototype, LATER, WIND } from './frame.ts';
import { host, now } from './host.ts';
import { warn } from './report.ts';
import { isTimeout, withTimeouts } from './timeouts.ts';
import { logUnawaitedFailure } from './unawaited-replies.ts';
import { changed, hostValue } from './values.ts';

/** `prebuf_dst` is `prebufDst` here. */
export const camel = (name: string): string =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** A child's reply as received: opRet, opErrno, the number of the wind, the parts. */
export type RawReply = readonly unknown[];
/** Index of the first part. */
export const PARTS = 3;

/** A child's reply: opRet, opErrno, and the fop's parts by name. */
export class Reply {
  declare readonly fop: FopRow;
  /** As received: the parts are scalars until one is first read. */
  readonly _raw: RawReply;
  /** The request that it belongs to, while it is unchanged. */
  readonly _id: number;
  declare _made: RawReply | undefined;

  constructor(answer: RawReply, id: number) {
    this._raw = answer;
    this._id = id;
    this._made = answer;
  }

  /** Makes the parts; defined by the fop's class. */
  declare _make: (this: Reply) => RawReply;

  get _answer(): RawReply {
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

  /** A copy with some parts or timeouts replaced. */
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

/** Parts of a reply in order, with the named ones replaced. */
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

type ReplyClass = new (answer: RawReply, id: number) => Reply;

const replyClasses = new Map<FopRow, ReplyClass>();

/** Makes the class of a fop's replies, with a getter for each part. */
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

/** A subvolume. Every fop is a method that returns a promise of its Reply. */
export class Child {
  readonly index: number;
  readonly name: string;
  readonly type: string;

  constructor(index: number, name: string, type: string) {
    this.index = index;
    this.name = name;
    this.type = type;
  }

  /** True if the child is up. */
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

/** Makes the frame of a request of the translator's own. */
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
  /** The promise, to detect that the module does not await it. */
  readonly promise?: object;
}
const taken: Settle = { resolve: () => {}, reject: () => {} };
const executor = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  taken.resolve = resolve;
  taken.reject = reject;
};
const Native = Promise;

/** Starts a request to a child; returns a promise of its Reply. */
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

/** True if no further request is allowed; its promise is never settled. */
function isSpent(after: After, frame: Frame): boolean {
  after.left -= 1;
  if (after.left === -1) {
    const text = `goes on although the request was given up: it gets no more replies`;
    warn(methods.get(frame.name), `${frame.name}: ${text}`);
  }
  return after.left < 0;
}

/** True if a request is wound unchanged to the first child. */
function isFirst(frame: Frame, child: Child, row: FopRow, args: readonly unknown[]): boolean {
  const came = frame._args;
  if (child.index !== 0 || row !== frame.fop || came === null || args.length > came.length) {
    return false;
  }
  for (let i = 0; i < came.length; i++) if ((args[i] ?? null) !== came[i]) return false;
  return !changed(came);
}

/** Settles the promise of a child's reply. */
export function deliver(settle: Settle, frame: Frame, row: FopRow, answer: RawReply): void {
  // The host keeps no values for a request of the module's own.
  if (frame.id < 0) for (const value of answer) hostValue(value)?._take();
  const reply = new (replyClass(row))(answer, row === frame.fop ? frame.id : 0);
  if (reply.opRet >= 0) {
    settle.resolve(reply);
    return;
  }
  const error = new FopError(reply.opErrno, undefined, reply);
  settle.reject(error);
  if (settle.promise === undefined || awaited.has(settle.promise)) return;
  logUnawaitedFailure(frame, row.name, error);
}
