/**
 * Defines Child, by which a module sends fops to a subvolume, and Reply, the child's reply.
 * method-results.ts calls `settleReply` when a reply arrives.
 */
import { type FopRow, fops } from '../../../runtime/core/fops.ts';
import { formatSuggestion } from '../../../runtime/core/nearest.ts';
import { addTimeouts, isTimeoutName } from './cache-timeouts.ts';
import { awaitedPromises, latestWatched, methodsByFop } from './context.ts';
import { FopError } from './errors.ts';
import {
  type Frame,
  LATER,
  makeFramePrototype,
  type RequestBudget,
  UNDECIDED,
  WIND,
} from './frame.ts';
import { execution, host } from './host.ts';
import { warn } from './report.ts';
import { logUnawaitedFailure } from './unawaited-replies.ts';
import { haveChanged, toHostValue } from './values.ts';

/** Converts `prebuf_dst` to `prebufDst`. */
export const toCamelCase = (name: string): string =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** A child's reply as received: opRet, opErrno, the number of the wind, the parts. */
export type RawReply = readonly unknown[];
/** Index of the first part in a raw reply. */
export const FIRST_PART = 3;

/** A child's reply: opRet, opErrno, and the fop's parts by name. */
export class Reply {
  declare readonly fop: FopRow;
  /** The reply as received: its parts are scalars until the module reads one. */
  readonly _raw: RawReply;
  /** The number of its request; 0 for a copy, of which the host stores no values. */
  readonly _id: number;
  declare _parts: RawReply | undefined;

  constructor(raw: RawReply, id: number) {
    this._raw = raw;
    this._id = id;
    this._parts = raw;
  }

  /** Decodes the parts; entry.ts defines it for each fop. */
  declare _decodeParts: (this: Reply) => RawReply;

  get _loadedParts(): RawReply {
    this._parts ??= this._decodeParts();
    return this._parts;
  }

  get opRet(): number {
    return this._raw[0] as number;
  }

  get opErrno(): number {
    return this._raw[1] as number;
  }

  /** The parts in the table's order. */
  get values(): readonly unknown[] {
    return this._loadedParts.slice(FIRST_PART);
  }

  /** Returns a copy with some parts or timeouts replaced. */
  replace(replacements: Readonly<Record<string, unknown>>): Reply {
    const { opRet = this.opRet, ...rest } = replacements;
    const timeouts = Object.entries(rest).filter(([name]) => isTimeoutName(name));
    const parts = Object.entries(rest).filter(([name]) => !isTimeoutName(name));
    let values = orderParts(this.fop, Object.fromEntries(parts), this.values);
    if (timeouts.length > 0) values = addTimeouts(this.fop, values, Object.fromEntries(timeouts));
    return new (getReplyClass(this.fop))([opRet, this.opErrno, 0, ...values], 0);
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.values[Symbol.iterator]();
  }

  toJSON(): Record<string, unknown> {
    const { opRet, opErrno, values } = this;
    const parts = this.fop.reply.map(
      ({ name }, index) => [toCamelCase(name), values[index]] as const,
    );
    return { opRet, opErrno, ...Object.fromEntries(parts) };
  }
}

/** Orders named parts of a reply, and takes the others from `defaults`. */
export function orderParts(
  row: FopRow,
  parts: Readonly<Record<string, unknown>>,
  defaults: readonly unknown[],
): unknown[] {
  const names = row.reply.map(({ name }) => toCamelCase(name));
  for (const name of Object.keys(parts)) {
    if (names.includes(name)) continue;
    const hint = formatSuggestion(name, [...names, 'opRet']);
    throw new TypeError(`a reply of ${row.name} has ${names.join(', ')}; not ${name}${hint}`);
  }
  return names.map((name, index) => (name in parts ? parts[name] : defaults[index]) ?? null);
}

type ReplyClass = new (raw: RawReply, id: number) => Reply;

const replyClasses = new Map<FopRow, ReplyClass>();

/** Gets or makes the class of a fop's replies, with a getter for each part. */
export function getReplyClass(row: FopRow): ReplyClass {
  const existingClass = replyClasses.get(row);
  if (existingClass !== undefined) return existingClass;
  const replyClass = class extends Reply {};
  Object.defineProperty(replyClass, 'name', { value: 'Reply' });
  Object.defineProperty(replyClass.prototype, 'fop', { value: row });
  row.reply.forEach(({ name }, index) => {
    Object.defineProperty(replyClass.prototype, toCamelCase(name), {
      get(this: Reply) {
        return this._loadedParts[FIRST_PART + index];
      },
      enumerable: true,
    });
  });
  replyClasses.set(row, replyClass);
  return replyClass;
}

// On the prototype, because entry.ts makes replies as literals with few properties.
Object.assign(Reply.prototype, { _parts: undefined });

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
  const methodHolder = {
    [row.name](this: Child, ...args: unknown[]): Promise<Reply> {
      return startRequest(this, row, args);
    },
  };
  Object.defineProperty(Child.prototype, row.name, {
    value: methodHolder[row.name],
    writable: true,
    configurable: true,
  });
}

const ownFramePrototypes = new Map<FopRow, Frame>();
let lastOwnFrameId = 0;

/**
 * Makes the frame of a request that the translator itself originates. Its id is negative: the host
 * stores no values for it.
 */
function makeOwnFrame(row: FopRow): Frame {
  let prototype = ownFramePrototypes.get(row);
  if (prototype === undefined) {
    prototype = makeFramePrototype(row, undefined);
    ownFramePrototypes.set(row, prototype);
  }
  lastOwnFrameId -= 1;
  return { __proto__: prototype, id: lastOwnFrameId, _state: LATER } as unknown as Frame;
}

/** The functions that settle a promise of the module. */
export interface Settlers {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** The promise, to detect that the module does not await it. */
  readonly promise?: object;
}

// One executor for all promises, since a closure for each costs time. It leaves the functions here.
const latestSettlers: Settlers = { resolve: () => {}, reject: () => {} };
const recordSettlers = (
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void => {
  latestSettlers.resolve = resolve;
  latestSettlers.reject = reject;
};
/** The engine's Promise: a module may replace the global. */
const NativePromise = Promise;

/**
 * Starts a request to a child; returns a promise of its Reply. An unchanged first wind becomes the
 * decision WIND, without a message; any other is pushed as a message.
 */
export function startRequest(child: Child, row: FopRow, args: readonly unknown[]): Promise<Reply> {
  const currentFrame = execution.asyncFrame as Frame | null;
  const budget = currentFrame?._budget ?? null;
  if (budget !== null && spendBudget(budget, currentFrame!))
    return new NativePromise<Reply>(() => {});
  const frame = currentFrame === null || currentFrame.answered ? makeOwnFrame(row) : currentFrame;
  if (budget !== null) frame._budget = budget;
  const promise = new NativePromise<unknown>(recordSettlers) as Promise<Reply>;
  latestWatched.promise = promise;
  const settlers = { resolve: latestSettlers.resolve, reject: latestSettlers.reject, promise };
  frame._moveValuesToFrame();
  if (frame._state === UNDECIDED && frame._isFresh() && isUnchangedWind(frame, child, row, args)) {
    frame._unchangedWind = [settlers.resolve, settlers.reject, null];
    frame._state = WIND;
  } else
    frame._pushWind(row, child, args, { cbk: undefined, promise: settlers, cookie: undefined });
  return promise;
}

/**
 * Counts a new request of a cancelled frame. Returns true if the frame has made too many: the
 * caller then returns a promise that is never settled.
 */
function spendBudget(budget: RequestBudget, frame: Frame): boolean {
  budget.remaining -= 1;
  if (budget.remaining === -1) {
    const text = `goes on although the request was given up: it gets no more replies`;
    warn(methodsByFop.get(frame.name), `${frame.name}: ${text}`);
  }
  return budget.remaining < 0;
}

/** Returns whether the method winds its request unchanged to the first child. */
function isUnchangedWind(
  frame: Frame,
  child: Child,
  row: FopRow,
  args: readonly unknown[],
): boolean {
  const received = frame._args;
  if (
    child.index !== 0 ||
    row !== frame.fop ||
    received === null ||
    args.length > received.length
  ) {
    return false;
  }
  for (let i = 0; i < received.length; i++) if ((args[i] ?? null) !== received[i]) return false;
  return !haveChanged(received);
}

/** Settles the promise that a child's method returned, by the reply. */
export function settleReply(settlers: Settlers, frame: Frame, row: FopRow, raw: RawReply): void {
  // The host stores no values for the module's own requests.
  if (frame.id < 0) for (const value of raw) toHostValue(value)?._detach();
  const reply = new (getReplyClass(row))(raw, row === frame.fop ? frame.id : 0);
  if (reply.opRet >= 0) {
    settlers.resolve(reply);
    return;
  }
  const error = new FopError(reply.opErrno, undefined, reply);
  settlers.reject(error);
  if (settlers.promise === undefined || awaitedPromises.has(settlers.promise)) return;
  logUnawaitedFailure(frame, row.name, error);
}
