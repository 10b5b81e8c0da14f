/**
 * Compiles the entry points of each fop, one for requests and one for replies, and its frames'
 * methods.
 *
 * A loc arrives as five arguments (inode, parent, name, gfid, parent's gfid), an inode or fd as its
 * number, a costly value as a 1. Results are the codes of codes.ts. Speed decides the form: each
 * function is straight compiled text; arguments stay in variables that a fop's functions share,
 * until `_open` moves them to the frame; objects are literals with `__proto__`, at half the cost of
 * `new`.
 */
import type { Arg, ArgType, FopRow } from '../../../runtime/core/fops.ts';
import { Child, Reply, replyClass, start as startWind } from './child.ts';
import { fresh } from './context.ts';
import { Data, Dict } from './data.ts';
import { below, type Cbk, type Frame, waiting } from './frame.ts';
import { Code, now, outcome } from './host.ts';
import { ENDED, fd, Inode, Loc } from './inode.ts';
import { failed, refused, replied, settle, start } from './requests.ts';
import { changes, dirents, Flock, flocks, Iatt, Lease, listing, Statvfs } from './values.ts';

const SPACE = {
  below,
  changes,
  Child: Child.prototype,
  Data: Data.prototype,
  Dict: Dict.prototype,
  ENDED,
  dirents,
  failed,
  fd,
  Flock: Flock.prototype,
  flocks,
  fresh,
  Iatt: Iatt.prototype,
  Inode: Inode.prototype,
  Lease: Lease.prototype,
  listing,
  Loc: Loc.prototype,
  Native: Promise,
  now,
  outcome,
  refused,
  replied,
  Reply: Reply.prototype,
  settle,
  start,
  startWind,
  Statvfs: Statvfs.prototype,
  trimmed,
  waiting,
};

/** The arguments without trailing undefined ones. */
function trimmed(given: unknown[]): unknown[] {
  while (given.length > 0 && given.at(-1) === undefined) given.pop();
  return given;
}

/** The parameters in which a type arrives, and the expression for the argument. */
function form(type: ArgType, name: string, origin: string): { params: string[]; expr: string } {
  const one = (expr: string) => ({ params: [name], expr });
  switch (type) {
    case 'loc': {
      const params = ['i', 'p', 'n', 'g', 'd'].map((suffix) => name + suffix);
      return { params, expr: `{ __proto__: Loc, _parts: [${params.join(', ')}] }` };
    }
    case 'inode':
      return one(`${name} === 0 ? null : { __proto__: Inode, id: ${name} }`);
    case 'fd':
      return one(`fd(${name})`);
    case 'str':
      return one(`${name} ?? null`);
    case 'int':
      return one(name);
    case 'data':
      return one(`${name} < 0 ? null : { __proto__: Data, _at: ${origin}, length: ${name} }`);
    case 'entries':
      return one(`${name} === 1 ? listing(${origin}, dirents) : null`);
    case 'locklist':
      return one(`${name} === 1 ? listing(${origin}, flocks) : null`);
    default:
      return one(`${name} === 1 ? { __proto__: ${CLASSES[type]}, _at: ${origin} } : null`);
  }
}

const CLASSES: Partial<Record<ArgType, string>> = {
  iatt: 'Iatt',
  dict: 'Dict',
  statvfs: 'Statvfs',
  flock: 'Flock',
  lease: 'Lease',
};

/** Types of values that a module may change in place. */
const CHANGES: ReadonlySet<ArgType> = new Set([
  ...(Object.keys(CLASSES) as ArgType[]),
  'data',
  'entries',
  'locklist',
]);

// A plain decision ends the locs of its request: the module can no longer use them. Locs of other
// requests ask the host once their request is opened, or when the next one needs the variables.

interface Parts {
  /** The parameters. */
  readonly params: string;
  /** Expressions that make the arguments. */
  readonly exprs: readonly string[];
  /** The variables that hold the arguments, and the parameters compared with them. */
  readonly held: readonly string[];
  readonly given: readonly string[];
  /** The names in `held` that are locs. */
  readonly locs: readonly string[];
}

function partsOf(args: readonly Arg[], letter: string): Parts {
  const forms = args.map(({ type }, i) => form(type, `a${i}`, `at + ${i}`));
  return {
    params: forms.flatMap(({ params }) => params).join(', '),
    exprs: forms.map(({ expr }) => expr),
    held: args.map((_, i) => `${letter}${i}`),
    given: args.map((_, i) => `g${i}`),
    locs: args.flatMap(({ type }, i) => (type === 'loc' ? [`${letter}${i}`] : [])),
  };
}

const list = (names: readonly string[]): string => names.join(', ');
const assign = ({ held, exprs }: Parts): string =>
  held.map((name, i) => `${name} = ${exprs[i]};`).join(' ');
const all = (tests: readonly string[]): string => tests.join(' && ');
/** Ends the request whose arguments the variables hold. */
const end = ({ locs }: Parts): string =>
  `${locs.map((name) => `${name}._parts = `).join('')}${locs.length > 0 ? 'ENDED; ' : ''}down = null;`;
/** Keeps the request whose arguments leave the variables. */
const locsAskHost = ({ locs }: Parts): string =>
  locs.map((name) => `${name}._askHost(down.id);`).join(' ');
const same = ({ held, given }: Parts): string =>
  all(held.map((name, i) => `${given[i]} === ${name}`));

// The numbers are those of frame.ts and, for `at`, of values.ts: the origin of each argument.

/** The methods of the fop's frames. */
const methodsText = (down: Parts, up: Parts, decided: number): string => `
let down = null, up = null, ret = 0, error = 0, ${list([...down.held, ...up.held])};
const wind = frames.wind, unwind = frames.unwind;
Object.assign(frames, {
  wind(${list(down.given)}, more) {
    if (
      this._state === 0 && down === this && more === undefined && !changes.any &&
      (${same(down)} || ${all(down.given.map((name) => `${name} === undefined`))}) &&
      below.child !== null
    ) this._state = ${decided};
    else wind.apply(this, trimmed([${list(down.given)}, more]));
  },
  unwind(opRet, opErrno, ${list(up.given)}, more) {
    if (
      this._state === 8 && up === this && opRet === ret && opErrno === error &&
      more === undefined && ${same(up)} && !changes.any
    ) this._state = 16;
    else unwind.apply(this, trimmed([opRet, opErrno, ${list(up.given)}, more]));
  },
  _open() {
    if (up === this) {
      up = null;
      if (this._state === 8) {
        this._reply = [ret, error, 0, ${list(up.held)}];
        this._state = 0;
      }
    }
    if (down === this) {
      ${locsAskHost(down)}
      down = null;
      this._args = [${list(down.held)}];
    }
  },
  _over() {
    if (down === this) { ${end(down)} }
  },
});`;

/** Opens the frame if an argument may be changed in place. */
const opens = (changing: readonly string[]): string =>
  changing.map((name) => ` || ${name} !== null`).join('');

const plain = (down: Parts, changing: readonly string[]): string => `
function enter(id, ${down.params}) {
  const frame = { __proto__: frames, id, _state: 0 };
  now.current = null;
  try {
    const at = id * 1048576;
    if (down !== null) { ${locsAskHost(down)} down = null; }
    ${assign(down)}
    down = frame;
    const result = method.call(self, frame, ${list(down.held)});
    const state = frame._state;
    if (state < 0) { ${end(down)} return state; }
    if (state === 1) {
      ${changing.length === 0 ? '' : `if (false${opens(changing)}) frame._open();`}
      frame._state = 7;
      if (waiting.latest === null) waiting.latest = frame;
      else waiting.add(frame);
      return 1;
    }
    if (state === 2) { ${end(down)} return 2; }
    frame._open();
    return settle(frame, result);
  } catch (error) {
    return failed(frame, error);
  }
}`;

// The promise of a method that awaits only the child is returned to the engine, which calls `ended` when
// jobs have run: less than half the cost of following it.
const awaiting = (down: Parts, changing: readonly string[]): string => `
function enter(id, ${down.params}) {
  const frame = { __proto__: frames, id, _state: 0 };
  try {
    const at = id * 1048576;
    if (down !== null) { ${locsAskHost(down)} down = null; }
    ${assign(down)}
    down = now.current = now.running = frame;
    const promise = method.call(self, frame, ${list(down.held)});
    const first = frame._first;
    const just = frame._state === 1 && first !== null && !frame._strays;
    if (!just${opens(changing)}) frame._open();
    if (!just) return start(frame, promise);
    frame._state = 7;
    if (waiting.latest === null) waiting.latest = frame;
    else waiting.add(frame);
    first[2] = promise;
    outcome[0] = 1;
    return promise;
  } catch (error) {
    return failed(frame, error);
  }
}`;

/** A child's method, fast for the commonest case: the request's own fop and arguments. */
const callPattern = (name: string, down: Parts): string => `
let give, refuse;
const executor = (resolve, reject) => { give = resolve; refuse = reject; };
Child.${name} = function ${name}(${list(down.given)}, more) {
  const frame = now.current;
  if (
    frame !== null && frame === down && frame._state === 0 && this.index === 0 &&
    more === undefined && !changes.any &&
    ${all(down.held.map((held, i) => `(${down.given[i]} ?? null) === ${held}`))}
  ) {
    frame._state = 1;
    const promise = fresh.promise = new Native(executor);
    frame._first = [give, refuse, null];
    return promise;
  }
  return startWind(this, row, trimmed([${list(down.given)}, more]));
};`;

/** The start of a reply's entry point, which finds the waiting `frame`. */
const found = (up: Parts): string => `
function reply(id, number, opRet, opErrno, ${up.params}) {
  let frame = waiting.latest;
  if (frame !== null && frame.id === id) waiting.latest = null;
  else frame = waiting.take(id);`;

/** The rest of a reply's entry point, for the general case. */
const anyReply = (up: Parts): string => `
    now.current = null;
    frame._open();
    const at = (id * 65536 + number + 1) * 16;
    return replied(frame, [opRet, opErrno, number, ${list(up.exprs)}]);
  } catch (error) {
    return failed(frame, error);
  }
}`;

// The plain case: a reply to the only wind, which was unchanged.
const plainReply = (down: Parts, up: Parts): string => `
${found(up)}
  now.current = null;
  if (frame === undefined) {
    if (method !== undefined || id < 0) return 0; // the request is over
    // The class has only a callback: the host wound the request.
    frame = { __proto__: frames, id, _state: 7 };
  }
  try {
    if (frame._state === 7 && cbk !== undefined) {
      const at = (id * 65536 + number + 1) * 16;
      ${assign(up)}
      ret = opRet;
      error = opErrno;
      up = frame;
      frame._state = 8;
      cbk.call(self, frame, opRet, opErrno, ${list(up.held)});
      const state = frame._state;
      if (state < 0 || state >= 16) {
        if (down === frame) { ${end(down)} }
        return state;
      }
      frame._open();
      return settle(frame);
    }
    ${anyReply(up)}`;

// The reply for an async method: its parts are made on demand.
const awaitedReply = (up: Parts): string => `
Replies._make = function () {
  const id = this._id;
  const raw = this._raw;
  const opRet = raw[0], opErrno = raw[1], number = raw[2];
  const ${up.params
    .split(', ')
    .map((name, i) => `${name} = raw[${i + 3}]`)
    .join(', ')};
  const at = (id * 65536 + number + 1) * 16;
  return [opRet, opErrno, number, ${list(up.exprs)}];
};
${found(up)}
  if (frame === undefined) return 0; // the request is over
  try {
    const first = frame._first;
    if (frame._state === 7 && first !== null) {
      frame._state = 6;
      now.current = now.running = frame;
      const _raw = [opRet, opErrno, number, ${up.params}];
      const answer = now.reply = { __proto__: Replies, _raw, _id: id };
      if (opRet < 0) refused(first, answer);
      else (0, first[0])(answer);
      return first[2] ?? 0;
    }
    ${anyReply(up)}`;

type EntryFunction = (...args: unknown[]) => number;

export interface Entries {
  readonly enter: EntryFunction;
  readonly reply: EntryFunction;
}

/** A translator's methods for one fop. */
export interface Methods {
  /** The prototype of its frames. */
  readonly frames: Frame;
  readonly method: unknown;
  readonly isAsync: boolean;
  readonly cbk: Cbk | undefined;
}

export function compileEntries(row: FopRow, self: object, methods: Methods): Entries {
  const { isAsync, cbk } = methods;
  const down = partsOf(row.args, 'd');
  const up = partsOf(row.reply, 'u');
  const changing = down.held.filter((_, i) => CHANGES.has(row.args[i]!.type));
  const source = isAsync
    ? [callPattern(row.name, down), awaiting(down, changing), awaitedReply(up)]
    : [plain(down, changing), plainReply(down, up)];
  const text = [methodsText(down, up, cbk === undefined ? 2 : 1), ...source].join('\n');
  const space = { ...SPACE, ...methods, row, self, Replies: replyClass(row).prototype };
  const make = Code(...Object.keys(space), `'use strict';${text} return { enter, reply };`) as (
    ...values: unknown[]
  ) => Entries;
  return make(...Object.values(space));
}
