/** Detects methods that unwind without awaiting a child's reply. */
import { awaitedPromises, methodsByFop } from './context.ts';
import { type Frame, WOUND_UNCHANGED } from './frame.ts';
import { moduleTranslator } from './module-translator.ts';
import { isModuleFunction, locateError, warnAt } from './report.ts';

/**
 * Makes a pattern of statements that call method `name` of `receiver` without an await. Its groups
 * are an assignment before the call, and the call.
 */
export const makeCallPattern = (receiver: string, name: string): RegExp => {
  const assignment = String.raw`(?:(?:const|let|var)\s+[^=;\n]+|[\w$.]+\s*)=\s*`;
  return new RegExp(
    String.raw`(?:^|[;{})\n])\s*?(${assignment})?(${receiver}\.${name}\([^;\n]*)`,
    'g',
  );
};
/** Matches a call of any method of `child` or `children[…]`. */
const CHILD_CALL = makeCallPattern(
  String.raw`(?:[\w$]+\.)*child(?:ren\[[^\]]*\])?`,
  String.raw`\w+`,
);
/** Matches a variable with properties and indexes, such as `this.children[0]`. */
const ANY_RECEIVER = String.raw`[\w$]+(?:\[[^\]]*\]|\.[\w$]+)*`;
/** Matches the variable in an assignment. */
const ASSIGNED_VARIABLE = /([\w$]+)\s*=\s*$/;

/** A call whose promise is not awaited. */
interface UnawaitedCall {
  /** The distance of the call's line from the method's first line. */
  readonly lineOffset: number;
  /** The statement with the missing await. */
  readonly fix: string;
}

/** The first unawaited call of a child by method; null if the method awaits all calls. */
const unawaitedCalls = new WeakMap<object, UnawaitedCall | null>();
/** Methods of which a warning was logged. */
const warnedMethods = new WeakSet<object>();

/** True if a pending reply is not awaited, as far as can be detected. */
function hasUnawaitedReply(frame: Frame): boolean {
  if (frame._unchangedWind !== null) return frame._state === WOUND_UNCHANGED;
  if (frame._owedReplyCount === 0) return false;
  return (frame._waiters ?? []).some((waiter) => {
    const settlers = waiter?.promise;
    return settlers !== undefined && (!settlers.promise || !awaitedPromises.has(settlers.promise));
  });
}

/** True if `text` awaits a variable or handles its promise, alone or with others. */
const isAwaitedLater = (variable: string, text: string): boolean => {
  const name = variable.replaceAll('$', '\\$');
  return new RegExp(
    `\\b(?:await|return|Promise\\.\\w+)\\b[^;]*?(?<![\\w$.])${name}(?![\\w$.])` +
      `|(?<![\\w$.])${name}\\s*\\.\\s*(?:then|catch|finally)\\b`,
  ).test(text);
};

/** Finds the first match of `pattern` in a method's text whose promise no later line awaits. */
export function findUnawaited(text: string, pattern: RegExp): UnawaitedCall | null {
  for (const { 0: statement, 1: assignment = '', 2: call, index } of text.matchAll(pattern)) {
    const end = index + statement.length;
    const [, variable] = ASSIGNED_VARIABLE.exec(assignment) ?? [];
    if (variable !== undefined && isAwaitedLater(variable, text.slice(end))) continue;
    const expression = call!.trim();
    // The pattern ends at the line's end, where the call may go on.
    const closing = expression.endsWith(')') ? '' : '…)';
    const lineOffset = text.slice(0, end).split('\n').length - 1;
    return { lineOffset, fix: `${assignment}await ${expression}${closing}` };
  }
  return null;
}

/**
 * Checks a method that is about to reply with `result` while a child's reply is missing. Logs that
 * once for each method. @throws {TypeError} if `result` is undefined: an await is missing
 */
export function checkAwaited(frame: Frame, result: unknown): void {
  if (!hasUnawaitedReply(frame)) return;
  const method = methodsByFop.get(frame.name);
  if (typeof method !== 'function') return;
  if (!unawaitedCalls.has(method))
    unawaitedCalls.set(method, findUnawaited(String(method), CHILD_CALL));
  const unawaited = unawaitedCalls.get(method);
  if (!unawaited) return;
  const { lineOffset, fix } = unawaited;
  if (result === undefined) {
    const text = `${frame.name} ended before a reply came: is an await missing? write ${fix}`;
    throw locateError(new TypeError(text), method, lineOffset);
  }
  if (warnedMethods.has(method)) return;
  warnedMethods.add(method);
  const text = `${frame.name} has answered before a reply came: is an await missing?`;
  warnAt(method, lineOffset, `${text} write ${fix}, or void where the reply does not matter`);
}

/** Yields every method of the module's translator. */
function* listOwnMethods(): Generator<unknown> {
  for (let owner: unknown = moduleTranslator.current; owner; owner = Object.getPrototypeOf(owner)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      // The text of the class contains all methods.
      const method = wrappedMethods.get(value) ?? value;
      if (name !== 'constructor' && isModuleFunction(method)) yield method;
    }
  }
}

/** Original methods by their wrappers (unawaited-methods.ts). */
export const wrappedMethods = new Map<unknown, unknown>();

/** An unawaited call, and the method that contains it. */
interface CallPosition extends UnawaitedCall {
  readonly method: unknown;
}

/** Cached positions by method and fop, as a mistake may repeat a million times. */
const callPositions = new Map<string, CallPosition | null>();

/** Finds the unawaited call of a fop: in `method`, otherwise in another method of the module. */
function findFailedCall(method: unknown, fop: string): CallPosition | null {
  const pattern = makeCallPattern(ANY_RECEIVER, fop);
  for (const each of [method, ...listOwnMethods()]) {
    const unawaited = typeof each === 'function' ? findUnawaited(String(each), pattern) : null;
    if (unawaited !== null) return { ...unawaited, method: each };
  }
  return null;
}

/** Logs the failure of an unawaited child's request, at its call if found. */
export function logUnawaitedFailure(frame: Frame, fop: string, error: Error): void {
  // A negative number is a request of the module's own, which no method handles.
  const method = frame.id < 0 ? undefined : methodsByFop.get(frame.name);
  const key = `${frame.id < 0 ? '' : frame.name} ${fop}`;
  let position = callPositions.get(key);
  if (position === undefined) {
    position = findFailedCall(method, fop);
    callPositions.set(key, position);
  }
  const fix = position === null ? 'await what was asked for' : `write ${position.fix}`;
  const text = `${fop} of a child failed, and was not awaited: ${error.message}; ${fix}`;
  warnAt(position?.method ?? method, position?.lineOffset ?? 0, text);
}
