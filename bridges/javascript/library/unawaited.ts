/** A child that was asked, and a method that has answered without its reply: what is forgotten. */
import { awaited, methods } from './context.ts';
import { type Frame, SENT } from './frame.ts';
import { placed, warnAt } from './report.ts';

/** A statement that asks a child and does not wait: what it begins with, and the call. */
const ASKS =
  /(?:^|[;{}\n])\s*?((?:(?:const|let|var)\s+[^=;\n]+|[\w$.]+\s*)=\s*)?((?:[\w$]+\.)*child(?:ren\[[^\]]*\])?\.\w+\([^;\n]*)/g;
const VARIABLE = /([\w$]+)\s*=\s*$/;

interface Forgotten {
  /** From the method's first line. */
  readonly line: number;
  readonly fix: string;
}

const found = new WeakMap<object, Forgotten | null>();
const told = new WeakSet<object>();

/** Whether a reply is owed that nobody has waited for, as far as it can be told. */
function isOwed(frame: Frame): boolean {
  if (frame._first !== null) return frame._state === SENT;
  if (frame._owed === 0) return false;
  return (frame._waiters ?? []).some((waiter) => {
    const settle = waiter?.promise;
    return settle !== undefined && (!settle.promise || !awaited.has(settle.promise));
  });
}

/** Whether a variable is waited for further down, by itself or with others. */
const isUsed = (variable: string, text: string): boolean => {
  const name = variable.replaceAll('$', '\\$');
  return new RegExp(
    `\\b(?:await|return|Promise\\.\\w+)\\b[^;]*?(?<![\\w$.])${name}(?![\\w$.])` +
      `|(?<![\\w$.])${name}\\s*\\.\\s*(?:then|catch|finally)\\b`,
  ).test(text);
};

/** The first such statement in a method's text. */
function forgottenIn(text: string): Forgotten | null {
  for (const { 0: whole, 1: before = '', 2: call, index } of text.matchAll(ASKS)) {
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
 * Looks at a method that is about to answer with `result`. @throws {TypeError} when that is nothing,
 * and there is a reply that it should have waited for; of any other it is told once.
 */
export function checkAwaited(frame: Frame, result: unknown): void {
  if (!isOwed(frame)) return;
  const method = methods.get(frame.name);
  if (typeof method !== 'function') return;
  if (!found.has(method)) found.set(method, forgottenIn(String(method)));
  const forgotten = found.get(method);
  if (!forgotten) return;
  const { line, fix } = forgotten;
  if (result === undefined) {
    const text = `${frame.name} ended before a reply came: is an await missing? write ${fix}`;
    throw placed(new TypeError(text), method, line);
  }
  if (told.has(method)) return;
  told.add(method);
  const text = `${frame.name} has answered before a reply came: is an await missing?`;
  warnAt(method, line, `${text} write ${fix}, or void where the reply does not matter`);
}
