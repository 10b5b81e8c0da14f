/**
 * Compiles the entry points of each fop, one for requests and one for replies, and its frames'
 * methods.
 *
 * A loc arrives as five arguments (inode, parent, name, gfid, parent's gfid), an inode or fd as its
 * number, a costly value as a 1. Results are the codes of codes.gen.ts. Speed decides the form:
 * each function is straight compiled text; arguments stay in variables that a fop's functions
 * share, until `_moveValuesToFrame`; objects are literals with `__proto__`, at half the cost of
 * `new`.
 */
import type { Arg, ArgType, FopRow } from '../../../runtime/core/fops.ts';
import { Child, getReplyClass, Reply, startRequest as startWind } from './child.ts';
import { latestUntracked } from './context.ts';
import { Data, Dict } from './data.ts';
import {
  ASYNC_UNDECIDED,
  type Cbk,
  defaults,
  type Frame,
  NOTHING,
  pendingFrames,
  REPLIED,
  SAME,
  TAIL,
  UNDECIDED,
  WIND,
  WOUND_UNCHANGED,
} from './frame.ts';
import { asyncDecision, execution, OriginalFunction } from './host.ts';
import { ENDED_PARTS, getFd, Inode, Loc } from './inode.ts';
import {
  failRequest,
  handleReply,
  handleUndecided,
  rejectReply,
  startAsync,
} from './method-results.ts';
import { INDEX_COUNT, WIND_COUNT } from './origin.ts';
import {
  changes,
  decodeDirents,
  decodeFlocks,
  Flock,
  Iatt,
  Lease,
  makeListing,
  Statvfs,
} from './values.ts';

/** The values that the compiled texts use, by their names there. */
const SCOPE = {
  defaults,
  changes,
  Child: Child.prototype,
  Data: Data.prototype,
  Dict: Dict.prototype,
  ENDED_PARTS,
  decodeDirents,
  failRequest,
  getFd,
  Flock: Flock.prototype,
  decodeFlocks,
  latestUntracked,
  Iatt: Iatt.prototype,
  Inode: Inode.prototype,
  Lease: Lease.prototype,
  makeListing,
  Loc: Loc.prototype,
  Native: Promise,
  execution,
  asyncDecision,
  rejectReply,
  handleReply,
  Reply: Reply.prototype,
  handleUndecided,
  startAsync,
  startWind,
  Statvfs: Statvfs.prototype,
  trimArguments,
  pendingFrames,
};

/** Removes trailing undefined arguments, in place. */
function trimArguments(args: unknown[]): unknown[] {
  while (args.length > 0 && args.at(-1) === undefined) args.pop();
  return args;
}

/** Returns the parameters in which a type arrives, and the expression that makes the argument. */
function makeArgumentForm(
  type: ArgType,
  name: string,
  origin: string,
): { params: string[]; expr: string } {
  const makeSingle = (expr: string) => ({ params: [name], expr });
  switch (type) {
    case 'loc': {
      const params = ['i', 'p', 'n', 'g', 'd'].map((suffix) => name + suffix);
      return { params, expr: `{ __proto__: Loc, _parts: [${params.join(', ')}] }` };
    }
    case 'inode':
      return makeSingle(`${name} === 0 ? null : { __proto__: Inode, id: ${name} }`);
    case 'fd':
      return makeSingle(`getFd(${name})`);
    case 'str':
      return makeSingle(`${name} ?? null`);
    case 'int':
      return makeSingle(name);
    case 'data':
      return makeSingle(
        `${name} < 0 ? null : { __proto__: Data, _origin: ${origin}, length: ${name} }`,
      );
    case 'entries':
      return makeSingle(`${name} === 1 ? makeListing(${origin}, decodeDirents) : null`);
    case 'locklist':
      return makeSingle(`${name} === 1 ? makeListing(${origin}, decodeFlocks) : null`);
    default:
      return makeSingle(
        `${name} === 1 ? { __proto__: ${CLASS_NAMES[type]}, _origin: ${origin} } : null`,
      );
  }
}

/** The name in SCOPE of the class of a costly value, by the value's type. */
const CLASS_NAMES: Partial<Record<ArgType, string>> = {
  iatt: 'Iatt',
  dict: 'Dict',
  statvfs: 'Statvfs',
  flock: 'Flock',
  lease: 'Lease',
};

/** Types of values that a module may change in place. */
const MUTABLE_TYPES: ReadonlySet<ArgType> = new Set([
  ...(Object.keys(CLASS_NAMES) as ArgType[]),
  'data',
  'entries',
  'locklist',
]);

// A decision without a message ends the locs of its request: the module can no longer use them. Any
// other loc asks the host at each read whether its request still lives. It does so from
// `_moveValuesToFrame` on, or as soon as the next request takes over the variables.

/** The texts of a fop's arguments or reply parts in its compiled functions. */
interface ArgumentTexts {
  /** The parameters of the entry point. */
  readonly params: string;
  /** Expressions that make the arguments. */
  readonly expressions: readonly string[];
  /** The variables that hold the received arguments. */
  readonly variables: readonly string[];
  /** The parameters of `wind` or `unwind`, which are compared with these variables. */
  readonly parameterNames: readonly string[];
  /** The names in `variables` that are locs. */
  readonly locVariables: readonly string[];
}

/** Makes the texts of arguments. @param variablePrefix the start of the variables' names */
function makeArgumentTexts(args: readonly Arg[], variablePrefix: string): ArgumentTexts {
  const forms = args.map(({ type }, i) => makeArgumentForm(type, `a${i}`, `at + ${i}`));
  return {
    params: forms.flatMap(({ params }) => params).join(', '),
    expressions: forms.map(({ expr }) => expr),
    variables: args.map((_, i) => `${variablePrefix}${i}`),
    parameterNames: args.map((_, i) => `g${i}`),
    locVariables: args.flatMap(({ type }, i) => (type === 'loc' ? [`${variablePrefix}${i}`] : [])),
  };
}

const joinNames = (names: readonly string[]): string => names.join(', ');
const formatAssignments = ({ variables, expressions }: ArgumentTexts): string =>
  variables.map((name, i) => `${name} = ${expressions[i]};`).join(' ');
const joinTests = (tests: readonly string[]): string => tests.join(' && ');
/** Makes the statements that end the request whose arguments the variables contain. */
const formatRequestEnd = ({ locVariables }: ArgumentTexts): string =>
  `${locVariables.map((name) => `${name}._parts = `).join('')}${locVariables.length > 0 ? 'ENDED_PARTS; ' : ''}down = null;`;
/** Makes statements that make the variables' locs ask the host whether their request still lives. */
const formatReadChecks = ({ locVariables }: ArgumentTexts): string =>
  locVariables.map((name) => `${name}._checkReads(down.id);`).join(' ');
const formatComparison = ({ variables, parameterNames }: ArgumentTexts): string =>
  joinTests(variables.map((name, i) => `${parameterNames[i]} === ${name}`));

// In the texts below, `down` and `up` are the frames whose request or reply the variables hold.
// `at` is the origin of the first argument or part (origin.ts). `more` is a surplus argument of the
// module's call.

/** Defines the methods of the fop's frames. */
const generateFrameMethods = (
  down: ArgumentTexts,
  up: ArgumentTexts,
  decidedState: number,
): string => `
let down = null, up = null, ret = 0, error = 0, ${joinNames([...down.variables, ...up.variables])};
const wind = frames.wind, unwind = frames.unwind;
Object.assign(frames, {
  wind(${joinNames(down.parameterNames)}, more) {
    if (
      this._state === ${UNDECIDED} && down === this && more === undefined && !changes.haveOccurred &&
      (${formatComparison(down)} || ${joinTests(down.parameterNames.map((name) => `${name} === undefined`))}) &&
      defaults.child !== null
    ) this._state = ${decidedState};
    else wind.apply(this, trimArguments([${joinNames(down.parameterNames)}, more]));
  },
  unwind(opRet, opErrno, ${joinNames(up.parameterNames)}, more) {
    if (
      this._state === ${REPLIED} && up === this && opRet === ret && opErrno === error &&
      more === undefined && ${formatComparison(up)} && !changes.haveOccurred
    ) this._state = ${SAME};
    else unwind.apply(this, trimArguments([opRet, opErrno, ${joinNames(up.parameterNames)}, more]));
  },
  _moveValuesToFrame() {
    if (up === this) {
      up = null;
      if (this._state === ${REPLIED}) {
        this._reply = [ret, error, 0, ${joinNames(up.variables)}];
        this._state = ${UNDECIDED};
      }
    }
    if (down === this) {
      ${formatReadChecks(down)}
      down = null;
      this._args = [${joinNames(down.variables)}];
    }
  },
  _invalidateLocs() {
    if (down === this) { ${formatRequestEnd(down)} }
  },
});`;

/** Makes the end of a condition: ` || v !== null` for each argument that may change in place. */
const formatStoreCondition = (mutableVariables: readonly string[]): string =>
  mutableVariables.map((name) => ` || ${name} !== null`).join('');

/** Makes the entry point for requests of a method that is not async. */
const generateRequestEntry = (down: ArgumentTexts, mutableVariables: readonly string[]): string => `
function enter(id, ${down.params}) {
  const frame = { __proto__: frames, id, _state: ${UNDECIDED} };
  execution.asyncFrame = null;
  try {
    const at = id * ${WIND_COUNT * INDEX_COUNT};
    if (down !== null) { ${formatReadChecks(down)} down = null; }
    ${formatAssignments(down)}
    down = frame;
    const result = method.call(self, frame, ${joinNames(down.variables)});
    const state = frame._state;
    if (state < 0) { ${formatRequestEnd(down)} return state; }
    if (state === ${WIND}) {
      ${mutableVariables.length === 0 ? '' : `if (false${formatStoreCondition(mutableVariables)}) frame._moveValuesToFrame();`}
      frame._state = ${WOUND_UNCHANGED};
      if (pendingFrames.latest === null) pendingFrames.latest = frame;
      else pendingFrames.add(frame);
      return ${WIND};
    }
    if (state === ${TAIL}) { ${formatRequestEnd(down)} return ${TAIL}; }
    frame._moveValuesToFrame();
    return handleUndecided(frame, result);
  } catch (error) {
    return failRequest(frame, error);
  }
}`;

/**
 * Makes the entry point for requests of an async method. If the method awaits only the child, its
 * promise is returned to the engine, which calls `handlePromise` when jobs have run: that costs
 * less than half of following it.
 */
const generateAsyncRequestEntry = (
  down: ArgumentTexts,
  mutableVariables: readonly string[],
): string => `
function enter(id, ${down.params}) {
  const frame = { __proto__: frames, id, _state: ${UNDECIDED} };
  try {
    const at = id * ${WIND_COUNT * INDEX_COUNT};
    if (down !== null) { ${formatReadChecks(down)} down = null; }
    ${formatAssignments(down)}
    down = execution.asyncFrame = execution.hostCallFrame = frame;
    const promise = method.call(self, frame, ${joinNames(down.variables)});
    const unchangedWind = frame._unchangedWind;
    const awaitsOnlyChild = frame._state === ${WIND} && unchangedWind !== null && !frame._awaitsOthers;
    if (!awaitsOnlyChild${formatStoreCondition(mutableVariables)}) frame._moveValuesToFrame();
    if (!awaitsOnlyChild) return startAsync(frame, promise);
    frame._state = ${WOUND_UNCHANGED};
    if (pendingFrames.latest === null) pendingFrames.latest = frame;
    else pendingFrames.add(frame);
    unchangedWind[2] = promise;
    asyncDecision[0] = ${WIND};
    return promise;
  } catch (error) {
    return failRequest(frame, error);
  }
}`;

/**
 * Defines a child's method, fast for the most frequent case: the request's own fop and arguments.
 */
const generateChildMethod = (name: string, down: ArgumentTexts): string => `
let resolveLatest, rejectLatest;
const executor = (resolve, reject) => { resolveLatest = resolve; rejectLatest = reject; };
Child.${name} = function ${name}(${joinNames(down.parameterNames)}, more) {
  const frame = execution.asyncFrame;
  if (
    frame !== null && frame === down && frame._state === ${UNDECIDED} && this.index === 0 &&
    more === undefined && !changes.haveOccurred &&
    ${joinTests(down.variables.map((variable, i) => `(${down.parameterNames[i]} ?? null) === ${variable}`))}
  ) {
    frame._state = ${WIND};
    const promise = latestUntracked.promise = new Native(executor);
    frame._unchangedWind = [resolveLatest, rejectLatest, null];
    return promise;
  }
  return startWind(this, row, trimArguments([${joinNames(down.parameterNames)}, more]));
};`;

/** Makes the start of a reply's entry point, which finds the waiting `frame`. */
const generateFrameSearch = (up: ArgumentTexts): string => `
function reply(id, number, opRet, opErrno, ${up.params}) {
  let frame = pendingFrames.latest;
  if (frame !== null && frame.id === id) pendingFrames.latest = null;
  else frame = pendingFrames.take(id);`;

/** Makes the end of a reply's entry point, which handles the general case. */
const generateGeneralReply = (up: ArgumentTexts): string => `
    execution.asyncFrame = null;
    frame._moveValuesToFrame();
    const at = (id * ${WIND_COUNT} + number + 1) * ${INDEX_COUNT};
    return handleReply(frame, [opRet, opErrno, number, ${joinNames(up.expressions)}]);
  } catch (error) {
    return failRequest(frame, error);
  }
}`;

/** Makes the entry point for replies. The frequent case is a reply to the only, unchanged wind. */
const generateReplyEntry = (down: ArgumentTexts, up: ArgumentTexts): string => `
${generateFrameSearch(up)}
  execution.asyncFrame = null;
  if (frame === undefined) {
    if (method !== undefined || id < 0) return ${NOTHING}; // the request is over
    // The class has only a callback: the host wound the request.
    frame = { __proto__: frames, id, _state: ${WOUND_UNCHANGED} };
  }
  try {
    if (frame._state === ${WOUND_UNCHANGED} && cbk !== undefined) {
      const at = (id * ${WIND_COUNT} + number + 1) * ${INDEX_COUNT};
      ${formatAssignments(up)}
      ret = opRet;
      error = opErrno;
      up = frame;
      frame._state = ${REPLIED};
      cbk.call(self, frame, opRet, opErrno, ${joinNames(up.variables)});
      const state = frame._state;
      if (state < 0 || state >= ${SAME}) {
        if (down === frame) { ${formatRequestEnd(down)} }
        return state;
      }
      frame._moveValuesToFrame();
      return handleUndecided(frame);
    }
    ${generateGeneralReply(up)}`;

/** Makes the entry point for replies to an async method. Parts are decoded when first read. */
const generateAsyncReplyEntry = (up: ArgumentTexts): string => `
Replies._decodeParts = function () {
  const id = this._id;
  const raw = this._raw;
  const opRet = raw[0], opErrno = raw[1], number = raw[2];
  const ${up.params
    .split(', ')
    .map((name, i) => `${name} = raw[${i + 3}]`)
    .join(', ')};
  const at = (id * ${WIND_COUNT} + number + 1) * ${INDEX_COUNT};
  return [opRet, opErrno, number, ${joinNames(up.expressions)}];
};
${generateFrameSearch(up)}
  if (frame === undefined) return ${NOTHING}; // the request is over
  try {
    const unchangedWind = frame._unchangedWind;
    if (frame._state === ${WOUND_UNCHANGED} && unchangedWind !== null) {
      frame._state = ${ASYNC_UNDECIDED};
      execution.asyncFrame = execution.hostCallFrame = frame;
      const _raw = [opRet, opErrno, number, ${up.params}];
      const reply = execution.latestReply = { __proto__: Replies, _raw, _id: id };
      if (opRet < 0) rejectReply(unchangedWind, reply);
      else (0, unchangedWind[0])(reply);
      return unchangedWind[2] ?? ${NOTHING};
    }
    ${generateGeneralReply(up)}`;

/** A function that the host calls with scalars; returns a code of codes.gen.ts. */
type EntryPoint = (...args: unknown[]) => number;

/** A fop's entry points, for requests and for replies. */
export interface EntryPoints {
  readonly enter: EntryPoint;
  readonly reply: EntryPoint;
}

/** The methods of a module's translator for one fop. */
export interface TranslatorMethods {
  /** The prototype of its frames. */
  readonly frames: Frame;
  readonly method: unknown;
  readonly isAsync: boolean;
  readonly cbk: Cbk | undefined;
}

/** Compiles a fop's entry points. */
export function compileEntryPoints(
  row: FopRow,
  self: object,
  methods: TranslatorMethods,
): EntryPoints {
  const { isAsync, cbk } = methods;
  const down = makeArgumentTexts(row.args, 'd');
  const up = makeArgumentTexts(row.reply, 'u');
  const mutableVariables = down.variables.filter((_, i) => MUTABLE_TYPES.has(row.args[i]!.type));
  const source = isAsync
    ? [
        // No child has the methods of a file system by path.
        row.number === 0 ? '' : generateChildMethod(row.name, down),
        generateAsyncRequestEntry(down, mutableVariables),
        generateAsyncReplyEntry(up),
      ]
    : [generateRequestEntry(down, mutableVariables), generateReplyEntry(down, up)];
  const functionTexts = [
    generateFrameMethods(down, up, cbk === undefined ? TAIL : WIND),
    ...source,
  ].join('\n');
  const scope = { ...SCOPE, ...methods, row, self, Replies: getReplyClass(row).prototype };
  const makeEntryPoints = OriginalFunction(
    ...Object.keys(scope),
    `'use strict';${functionTexts} return { enter, reply };`,
  ) as (...values: unknown[]) => EntryPoints;
  return makeEntryPoints(...Object.values(scope));
}
