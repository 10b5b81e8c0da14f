/** Detects methods that answer without awaiting a child's reply. */
import { awaited, methods } from './context.ts';
import { type Frame, SENT } from './frame.ts';
import { self } from './own-translator.ts';
import { isOfModule, placed, warnAt } from './report.ts';

/** Matches a statement that calls `who`'s fop `what` without an await. */
export const callPattern = (who: string, what: string): RegExp => {
  const before = String.raw`(?:(?:const|let|var)\s+[^=;\n]+|[\w$.]+\s*)=\s*`;
  return new RegExp(String.raw`(?:^|[;{})\n])\s*?(${before})?(${who}\.${what}\([^;\n]*)`, 'g');
};
const ASKS_CHILD = callPattern(String.raw`(?:[\w$]+\.)*child(?:ren\[[^\]]*\])?`, String.raw`\w+`);
const ANY_RECEIVER = String.raw`[\w$]+(?:\[[^\]]*\]|\.[\w$]+)*`;
const VARIABLE = /([\w$]+)\s*=\s*$/;

interface UnawaitedCall {
  /** Counted from the method's first line. */
  readonly line: number;
  readonly fix: string;
}

const found = new WeakMap<object, UnawaitedCall | null>();
const warned = new WeakSet<object>();

/** True if a pending reply is not awaited, as far as can be detected. */
function isOwed(frame: Frame): boolean {
  if (frame._first !== null) return frame._state === SENT;
  if (frame._owed === 0) return false;
  return (frame._waiters ?? []).some((waiter) => {
    const settle = waiter?.promise;
    return settle !== undefined && (!settle.promise || !awaited.has(settle.promise));
  });
}

/** True if a variable is awaited further down, alone or with others. */
const isUsed = (variable: string, text: string): boolean => {
  const name = variable.replaceAll('$', '\\$');
  return new RegExp(
    `\\b(?:await|return|Promise\\.\\w+)\\b[^;]*?(?<![\\w$.])${name}(?![\\w$.])` +
      `|(?<![\\w$.])${name}\\s*\\.\\s*(?:then|catch|finally)\\b`,
  ).test(text);
};

/** Finds the first such statement in a method's text. */
export function findUnawaited(text: string, asks: RegExp): UnawaitedCall | null {
  for (const { 0: whole, 1: before = '', 2: call, index } of text.matchAll(asks)) {
    const end = index + whole.length;
    const [, variable] = VARIABLE.exec(before) ?? [];
    if (variable !== undefined && isUsed(variable, text.slice(end))) continue;
    const asked = call!.trim();
    const more = asked.endsWith(')') ? '' : '…)';
    const line = text.slice(0, end).split('\n').length - 1;
    return { line, fix: `${before}await ${asked}${more}` };
  }
  return null;
}

/**
 * Checks a method that is about to answer with `result`. @throws {TypeError} when that is undefined
 * and a reply should have been awaited; otherwise an unawaited reply is logged once.
 */
export function checkAwaited(frame: Frame, result: unknown): void {
  if (!isOwed(frame)) return;
  const method = methods.get(frame.name);
  if (typeof method !== 'function') return;
  if (!found.has(method)) found.set(method, findUnawaited(String(method), ASKS_CHILD));
  const forgotten = found.get(method);
  if (!forgotten) return;
  const { line, fix } = forgotten;
  if (result === undefined) {
    const text = `${frame.name} ended before a reply came: is an await missing? write ${fix}`;
    throw placed(new TypeError(text), method, line);
  }
  if (warned.has(method)) return;
  warned.add(method);
  const text = `${frame.name} has answered before a reply came: is an await missing?`;
  warnAt(method, line, `${text} write ${fix}, or void where the reply does not matter`);
}

/** Every method of the module's translator. */
function* ownMethods(): Generator<unknown> {
  for (let at: unknown = self.translator; at; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      // The text of the class contains all methods.
      const method = wrappedMethods.get(value) ?? value;
      if (name !== 'constructor' && isOfModule(method)) yield method;
    }
  }
}

/** Original methods by their wrappers (unawaited-methods.ts). */
export const wrappedMethods = new Map<unknown, unknown>();

interface CallPlace extends UnawaitedCall {
  readonly method: unknown;
}

/** Cached places by method and fop, as a mistake may repeat a million times. */
const places = new Map<string, CallPlace | null>();

function placeOfFailed(method: unknown, fop: string): CallPlace | null {
  const asks = callPattern(ANY_RECEIVER, fop);
  for (const each of [method, ...ownMethods()]) {
    const forgotten = typeof each === 'function' ? findUnawaited(String(each), asks) : null;
    if (forgotten !== null) return { ...forgotten, method: each };
  }
  return null;
}

/** Logs the failure of an unawaited child's request, at its call if found. */
export function logUnawaitedFailure(frame: Frame, fop: string, error: Error): void {
  const method = frame.id < 0 ? undefined : methods.get(frame.name);
  const key = `${frame.id < 0 ? '' : frame.name} ${fop}`;
  let place = places.get(key);
  if (place === undefined) {
    place = placeOfFailed(method, fop);
    places.set(key, place);
  }
  const fix = place === null ? 'await what was asked for' : `write ${place.fix}`;
  const text = `${fop} of a child failed, and was not awaited: ${error.message}; ${fix}`;
  warnAt(place?.method ?? method, place?.line ?? 0, text);
}
