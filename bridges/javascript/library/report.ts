/** Logs a module's errors with their place in the module. */
import type { LogSource } from '../../../runtime/core/log.ts';
import { thrownText } from './bounded-text.ts';
import { host, stringify } from './host.ts';

const ERROR = 4;
const WARNING = 5;

/** Matches a stack line in a module's file, which has an absolute path. */
const IN_MODULE = /^\s*at (?:(.*?) \()?(\/.*?):(\d+)(?::\d+)?\)?$/;

/** The stack of an error without this library's own lines. */
export function stackOf(error: unknown): string[] {
  const { stack } = (error ?? {}) as { stack?: unknown };
  if (typeof stack !== 'string') return [];
  return stack.split('\n').filter((line) => IN_MODULE.test(line));
}

function placeIn(stack: readonly string[]): LogSource | undefined {
  const found = stack.length === 0 ? null : IN_MODULE.exec(stack[0]!);
  if (found === null) return undefined;
  const [, func = '-', file, line] = found;
  return { file: file!, line: Number(line), func };
}

/** The place in the module that called the library. */
export const callerPlace = (): LogSource => placeIn(stackOf(new Error())) ?? NOWHERE;

/** The module's line that called the library, and its outermost function. */
export function callPlace(): { readonly line: string; readonly method: string } | undefined {
  const stack = stackOf(new Error());
  const inner = placeIn(stack);
  const outer = placeIn(stack.slice(-1));
  if (inner === undefined || outer === undefined) return undefined;
  const { file, line } = inner;
  return { line: `${file.slice(file.lastIndexOf('/') + 1)}:${line}`, method: outer.func };
}

const NOWHERE: LogSource = { file: '-', line: 0, func: '-' };

/** The place of a function's definition, from QuickJS. */
export function placeOf(method: unknown): LogSource {
  const { fileName, lineNumber, name } = (method ?? {}) as {
    fileName?: unknown;
    lineNumber?: unknown;
    name?: unknown;
  };
  if (typeof fileName !== 'string' || typeof lineNumber !== 'number') return NOWHERE;
  return { file: fileName, line: lineNumber, func: String(name) };
}

/** True for a function that the module defines. */
export const isOfModule = (value: unknown): boolean =>
  typeof value === 'function' && placeOf(value).file.startsWith('/');

/** Places of invalid results, by the error about them. */
const returns = new WeakMap<object, LogSource>();

/** Notes the place of the result: the method's only `return`, or its first line. */
export function returnedAt(error: unknown, method: unknown): unknown {
  if (!(error instanceof Error) || returns.has(error)) return error;
  const [before, ...more] = String(method).split(/\breturn\b/);
  return placed(error, method, more.length === 1 ? before!.split('\n').length - 1 : 0);
}

/** Notes that an error is about a line of `method`, counted from its first. */
export function placed(error: Error, method: unknown, line: number): Error {
  const place = placeOf(method);
  returns.set(error, { ...place, line: place.line + line });
  return error;
}

/** The name and message of any thrown value. */
function textOf(error: unknown): string {
  if (error === null) return 'out of memory, or null was thrown';
  if (!(error instanceof Error)) return `thrown: ${thrownText(error)}`;
  if (error.message === 'interrupted' && error.name === 'InternalError') {
    return 'the call took too long and was interrupted (option time-limit)';
  }
  const cause = error.cause === undefined ? '' : `\ncaused by ${textOf(error.cause)}`;
  return `${error.name}: ${error.message}${cause}`;
}

/** Describes an error as JSON for the engine (ScriptError). */
export function explain(error: unknown): string {
  const stack = stackOf(error);
  const place = placeIn(stack) ?? { ...NOWHERE, file: '' };
  return stringify({ text: textOf(error), ...place, stack: stack.join('\n') });
}

/** Logs an error: the operation, the error, and its stack in further lines. */
export function report(error: unknown, what: string, method?: unknown): void {
  let place = placeOf(method);
  let text: string;
  try {
    const stack = stackOf(error);
    place = placeIn(stack) ?? returns.get(error as object) ?? place;
    text = [textOf(error), ...stack].join('\n');
  } catch {
    // Out of memory, or the error throws when read.
    text = 'an error that cannot be shown';
  }
  host.log(ERROR, place.file, place.line, place.func, `${what}: ${text}`);
}

/** Logs a warning at a method. */
export const warn = (method: unknown, text: string): void => warnAt(method, 0, text);

/** Logs a warning at a line of a method, counted from its first. */
export function warnAt(method: unknown, line: number, text: string): void {
  const place = placeOf(method);
  host.log(WARNING, place.file, place.line + line, place.func, text);
}

/** Logs a refusal as a warning, once for each text. */
export function refused(text: string): void {
  const { file, line, func } = callerPlace();
  host.refused(file, line, func, text);
}

/** Logs an invalid message, unless the module's own error reports it. */
export function logMistake(why: string): string {
  const { file, line, func } = callerPlace();
  host.mistaken(file, line, func, why);
  return why;
}

/** Logs an error at a method of the module. */
export function errorAt(method: unknown, text: string): void {
  const { file, line, func } = placeOf(method);
  host.log(ERROR, file, line, func, text);
}
