/** Detects methods that unwind without awaiting a child's reply. */
import { awaitedPromises, methodsByFop } from './context.ts';
import { type Frame, WOUND_UNCHANGED } from './frame.ts';
import { loaded } from './own-translator.ts';
import { isModuleFunction, locateError, warnAt } from './report.ts';

/** Matches a statement that calls method `name` of `receiver` without an await. */
export const makeCallPattern = (receiver: string, name: string): RegExp => {
  const before = String.raw`(?:(?:const|let|var)\s+[^=;\n]+|[\w$.]+\s*)=\s*`;
  return new RegExp(String.raw`(?:^|[;{})\n])\s*?(${before})?(${receiver}\.${name}\([^;\n]*)`, 'g');
};
const CHILD_CALL = makeCallPattern(
  String.raw`(?:[\w$]+\.)*child(?:ren\[[^\]]*\])?`,
  String.raw`\w+`,
);
const ANY_RECEIVER = String.raw`[\w$]+(?:\[[^\]]*\]|\.[\w$]+)*`;
const VARIABLE = /([\w$]+)\s*=\s*$/;

interface UnawaitedCall {
  /** Counted from the method's first line. */
  readonly line: number;
  readonly fix: string;
}

const unawaitedCalls = new WeakMap<object, UnawaitedCall | null>();
const warnedMethods = new WeakSet<object>();

/** True if a pending reply is not awaited, as far as can be detected. */
function hasUnawaitedReply(frame: Frame): boolean {
  if (frame._unchangedWind !== null) return frame._state === WOUND_UNCHANGED;
  if (frame._owedReplyCount === 0) return false;
  return (frame._waiters ?? []).some((waiter) => {
    const settle = waiter?.promise;
    return settle !== undefined && (!settle.promise || !awaitedPromises.has(settle.promise));
  });
}

/** True if a variable is awaited further down, alone or with others. */
const isAwaitedLater = (variable: string, text: string): boolean => {
  const name = variable.replaceAll('$', '\\$');
  return new RegExp(
    `\\b(?:await|return|Promise\\.\\w+)\\b[^;]*?(?<![\\w$.])${name}(?![\\w$.])` +
      `|(?<![\\w$.])${name}\\s*\\.\\s*(?:then|catch|finally)\\b`,
  ).test(text);
};

/** Finds the first match of `pattern` in a method's text whose promise no later line awaits. */
export function findUnawaited(text: string, pattern: RegExp): UnawaitedCall | null {
  for (const { 0: whole, 1: before = '', 2: call, index } of text.matchAll(pattern)) {
    const end = index + whole.length;
    const [, variable] = VARIABLE.exec(before) ?? [];
    if (variable !== undefined && isAwaitedLater(variable, text.slice(end))) continue;
    const expression = call!.trim();
    const closing = expression.endsWith(')') ? '' : '…)';
    const line = text.slice(0, end).split('\n').length - 1;
    return { line, fix: `${before}await ${expression}${closing}` };
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
  const { line, fix } = unawaited;
  if (result === undefined) {
    const text = `${frame.name} ended before a reply came: is an await missing? write ${fix}`;
    throw locateError(new TypeError(text), method, line);
  }
  if (warnedMethods.has(method)) return;
  warnedMethods.add(method);
  const text = `${frame.name} has answered before a reply came: is an await missing?`;
  warnAt(method, line, `${text} write ${fix}, or void where the reply does not matter`);
}

/** Yields every method of the module's translator. */
function* listOwnMethods(): Generator<unknown> {
  for (let at: unknown = loaded.translator; at; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      // The text of the class contains all methods.
      const method = wrappedMethods.get(value) ?? value;
      if (name !== 'constructor' && isModuleFunction(method)) yield method;
    }
  }
}

/** Original methods by their wrappers (unawaited-methods.ts). */
export const wrappedMethods = new Map<unknown, unknown>();

interface CallPosition extends UnawaitedCall {
  readonly method: unknown;
}

/** Cached positions by method and fop, as a mistake may repeat a million times. */
const positions = new Map<string, CallPosition | null>();

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
  const method = frame.id < 0 ? undefined : methodsByFop.get(frame.name);
  const key = `${frame.id < 0 ? '' : frame.name} ${fop}`;
  let position = positions.get(key);
  if (position === undefined) {
    position = findFailedCall(method, fop);
    positions.set(key, position);
  }
  const fix = position === null ? 'await what was asked for' : `write ${position.fix}`;
  const text = `${fop} of a child failed, and was not awaited: ${error.message}; ${fix}`;
  warnAt(position?.method ?? method, position?.line ?? 0, text);
}
