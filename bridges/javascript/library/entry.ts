/**
 * Where the host enters: one function per fop and per reply, made from the table of fops.
 *
 * A loc arrives as five arguments (inode number, parent's number, name, gfid, parent's gfid), an
 * inode or an fd as its number, what is costly only as a sign that it is there. Results are the codes
 * of codes.ts. The functions are compiled from text, so that each is a straight line.
 */
import type { Arg, ArgType, FopRow } from '../../../runtime/core/fops.ts';
import { Data, LentDict } from './data.ts';
import { type Cbk, type FrameClass, waiting } from './frame.ts';
import { Code, now } from './host.ts';
import { fd, inode, Loc } from './inode.ts';
import { failed, replied, settle, start } from './requests.ts';
import { dirents, flocks, LentFlock, LentIatt, LentLease, LentStatvfs, listing } from './values.ts';

const SPACE = {
  Data,
  dirents,
  failed,
  fd,
  flocks,
  inode,
  LentDict,
  LentFlock,
  LentIatt,
  LentLease,
  LentStatvfs,
  listing,
  Loc,
  now,
  replied,
  settle,
  start,
  waiting,
};

/** type → what arrives, and the expression that makes the argument of it. */
function form(type: ArgType, name: string, origin: string): { params: string[]; expr: string } {
  const lent = (made: string) => ({
    params: [name],
    expr: `${name} === 1 ? new ${made}(${origin}) : null`,
  });
  switch (type) {
    case 'loc': {
      const params = ['i', 'p', 'n', 'g', 'd'].map((suffix) => name + suffix);
      return { params, expr: `new Loc([${params.join(', ')}])` };
    }
    case 'inode':
    case 'fd':
      return { params: [name], expr: `${type}(${name})` };
    case 'str':
      return { params: [name], expr: `${name} ?? null` };
    case 'int':
      return { params: [name], expr: name };
    case 'data':
      return { params: [name], expr: `${name} < 0 ? null : new Data(${origin}, ${name})` };
    case 'entries':
      return { params: [name], expr: `${name} === 1 ? listing(${origin}, dirents) : null` };
    case 'locklist':
      return { params: [name], expr: `${name} === 1 ? listing(${origin}, flocks) : null` };
    default:
      return lent(CLASSES[type]!);
  }
}

const CLASSES: Partial<Record<ArgType, string>> = {
  iatt: 'LentIatt',
  dict: 'LentDict',
  statvfs: 'LentStatvfs',
  flock: 'LentFlock',
  lease: 'LentLease',
};

interface Parts {
  /** Parameters, statements that make the arguments, and the arguments. */
  readonly params: string;
  readonly assign: string;
  readonly names: string;
}

function partsOf(args: readonly Arg[]): Parts {
  const forms = args.map(({ type }, i) => form(type, `a${i}`, `at + ${i}`));
  return {
    params: forms.flatMap(({ params }) => params).join(', '),
    assign: forms.map(({ expr }, i) => `const v${i} = ${expr};`).join(' '),
    names: forms.map((_, i) => `v${i}`).join(', '),
  };
}

// The plain decisions come first: they are what a request costs. The numbers are those of frame.ts and, for
// `at`, of values.ts: the origin of each argument.
const plain = ({ params, assign, names }: Parts): string => `
return function enter(id, ${params}) {
  let frame = null;
  now.current = null;
  try {
    const at = id * 1048576;
    ${assign}
    frame = new Made(id, [${names}]);
    const result = method.call(self, frame, ${names});
    const state = frame._state;
    if (state < 0) return state;
    if (state === 1) {
      frame._state = 7;
      waiting.set(id, frame);
      return 1;
    }
    return state === 2 ? 2 : settle(frame, result);
  } catch (error) {
    return failed(frame ?? new Made(id, null), error);
  }
}`;

const awaiting = ({ params, assign, names }: Parts): string => `
return function enter(id, ${params}) {
  let frame = null;
  try {
    const at = id * 1048576;
    ${assign}
    frame = new Made(id, [${names}]);
    now.current = now.running = frame;
    return start(frame, method.call(self, frame, ${names}));
  } catch (error) {
    return failed(frame ?? new Made(id, null), error);
  }
}`;

// A reply to the one wind that went as it came is the plain case; the rest is for \`replied\`.
const reply = ({ params, assign, names }: Parts): string => `
return function reply(id, number, opRet, opErrno, ${params}) {
  let frame = waiting.get(id);
  now.current = null;
  if (frame !== undefined) waiting.delete(id);
  else {
    if (method !== undefined || id < 0) return 0; // nobody waits for it any more
    // The class has a callback but no fop: the host wound by itself.
    frame = new Made(id, null);
    frame._state = 7;
  }
  try {
    const at = (id * 65536 + number + 1) * 16;
    ${assign}
    const answer = [opRet, opErrno, number, ${names}];
    if (frame._state !== 7 || cbk === undefined) return replied(frame, answer);
    frame._state = 0;
    frame._reply = answer;
    cbk.call(self, frame, opRet, opErrno, ${names});
    const state = frame._state;
    if (state < 0 || state >= 16) return state;
    return settle(frame);
  } catch (error) {
    return failed(frame, error);
  }
}`;

type EntryFunction = (...args: unknown[]) => number;

function compile(source: string, more: Record<string, unknown>): EntryFunction {
  const space = { ...SPACE, ...more };
  const make = Code(...Object.keys(space), `'use strict';${source}`) as (
    ...values: unknown[]
  ) => EntryFunction;
  return make(...Object.values(space));
}

/** How a translator answers one fop. */
export interface Methods {
  readonly made: FrameClass;
  readonly method: unknown;
  readonly isAsync: boolean;
  readonly cbk: Cbk | undefined;
}

export function fopEntry(row: FopRow, self: object, { made, method, isAsync }: Methods) {
  const source = (isAsync ? awaiting : plain)(partsOf(row.args));
  return compile(source, { Made: made, method, self });
}

export function replyEntry(row: FopRow, self: object, { made, method, cbk }: Methods) {
  return compile(reply(partsOf(row.reply)), { Made: made, method, cbk, self });
}
