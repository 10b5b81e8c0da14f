/** Logs a module's errors with their position in the module. */
import type { LogSource } from '../../../runtime/core/log.ts';
import { formatThrown } from './bounded-text.ts';
import { host, stringify } from './host.ts';

// GlusterFS's numbers of log levels.
const ERROR = 4;
const WARNING = 5;

/** Matches a stack line in a module's file, which has an absolute path. */
const MODULE_STACK_LINE = /^\s*at (?:(.*?) \()?(\/.*?):(\d+)(?::\d+)?\)?$/;

/** Returns an error's stack without this library's own lines. */
export function readModuleStack(error: unknown): string[] {
  const { stack } = (error ?? {}) as { stack?: unknown };
  if (typeof stack !== 'string') return [];
  return stack.split('\n').filter((line) => MODULE_STACK_LINE.test(line));
}

/** Parses the innermost line of a module's stack; undefined if the stack is empty. */
function readPosition(stack: readonly string[]): LogSource | undefined {
  const match = stack.length === 0 ? null : MODULE_STACK_LINE.exec(stack[0]!);
  if (match === null) return undefined;
  const [, func = '-', file, line] = match;
  return { file: file!, line: Number(line), func };
}

/** Returns the module's position from which the library was called. */
export const findCallerPosition = (): LogSource =>
  readPosition(readModuleStack(new Error())) ?? UNKNOWN_POSITION;

/** The log level that writes nothing. */
const NO_LEVEL = 0;

/** Tells the host where the module fails a request, for `glossa why`. */
export function noteFailure(requestId: number, { file, line, func }: LogSource): void {
  if (line > 0) host.log(NO_LEVEL, file, line, func, String(requestId));
}

/** Returns the position at which an error was made; undefined outside of the module. */
export const findErrorPosition = (error: unknown): LogSource | undefined =>
  readPosition(readModuleStack(error));

/** Returns the module's line that called the library, and the outermost function of that call. */
export function findCallSite(): { readonly line: string; readonly method: string } | undefined {
  const stack = readModuleStack(new Error());
  const inner = readPosition(stack);
  const outer = readPosition(stack.slice(-1));
  if (inner === undefined || outer === undefined) return undefined;
  const { file, line } = inner;
  return { line: `${file.slice(file.lastIndexOf('/') + 1)}:${line}`, method: outer.func };
}

const UNKNOWN_POSITION: LogSource = { file: '-', line: 0, func: '-' };

/** Returns the position of a function's definition, from QuickJS. */
export function findDefinition(method: unknown): LogSource {
  const { fileName, lineNumber, name } = (method ?? {}) as {
    fileName?: unknown;
    lineNumber?: unknown;
    name?: unknown;
  };
  if (typeof fileName !== 'string' || typeof lineNumber !== 'number') return UNKNOWN_POSITION;
  return { file: fileName, line: lineNumber, func: String(name) };
}

/** True for a function that the module defines. */
export const isModuleFunction = (value: unknown): boolean =>
  typeof value === 'function' && findDefinition(value).file.startsWith('/');

/** The positions that `locateError` recorded, by error. */
const resultPositions = new WeakMap<object, LogSource>();

/**
 * Records the result's position for an error: the method's only `return`, or its first line.
 * Returns the error.
 */
export function locateReturn(error: unknown, method: unknown): unknown {
  if (!(error instanceof Error) || resultPositions.has(error)) return error;
  const [textBefore, ...laterTexts] = String(method).split(/\breturn\b/);
  const lineOffset = laterTexts.length === 1 ? textBefore!.split('\n').length - 1 : 0;
  return locateError(error, method, lineOffset);
}

/** Records that an error concerns a line of `method`, by its distance from the first line. */
export function locateError(error: Error, method: unknown, lineOffset: number): Error {
  const position = findDefinition(method);
  resultPositions.set(error, { ...position, line: position.line + lineOffset });
  return error;
}

/** Formats the name and message of any thrown value, and of its causes. */
function formatError(error: unknown): string {
  if (error === null) return 'out of memory, or null was thrown';
  if (!(error instanceof Error)) return `thrown: ${formatThrown(error)}`;
  if (error.message === 'interrupted' && error.name === 'InternalError') {
    return 'the call took too long and was interrupted (option time-limit)';
  }
  const cause = error.cause === undefined ? '' : `\ncaused by ${formatError(error.cause)}`;
  return `${error.name}: ${error.message}${cause}`;
}

/** Describes an error as JSON for the engine (ModuleError). */
export function explainError(error: unknown): string {
  const stack = readModuleStack(error);
  const position = readPosition(stack) ?? { ...UNKNOWN_POSITION, file: '' };
  return stringify({ text: formatError(error), ...position, stack: stack.join('\n') });
}

/**
 * Logs an error: the action that failed, the error, and its stack in further lines.
 * @param method gives the position of an error without a stack
 */
export function logError(error: unknown, action: string, method?: unknown): void {
  let position = findDefinition(method);
  let text: string;
  try {
    const stack = readModuleStack(error);
    position = readPosition(stack) ?? resultPositions.get(error as object) ?? position;
    text = [formatError(error), ...stack].join('\n');
  } catch {
    // Out of memory, or the error throws when read.
    text = 'an error that cannot be shown';
  }
  host.log(ERROR, position.file, position.line, position.func, `${action}: ${text}`);
}

/** Logs a warning at a method. */
export const warn = (method: unknown, text: string): void => warnAt(method, 0, text);

/** Logs a warning at a line of a method, by its distance from the first line. */
export function warnAt(method: unknown, lineOffset: number, text: string): void {
  const position = findDefinition(method);
  host.log(WARNING, position.file, position.line + lineOffset, position.func, text);
}

const placesOfOwnWork = new Set<string>();

/** Logs, once for each place, that a timer's work which no request waits for took long. */
export function warnOfOwnWork({ file, line, func }: LogSource, ms: number): void {
  const place = `${file}:${line}`;
  if (placesOfOwnWork.has(place)) return;
  placesOfOwnWork.add(place);
  const text =
    `work that no request waits for took ${(ms / 1000).toFixed(1)} s: while requests come, it gets a share ` +
    'of the time (option background-share)';
  host.log(WARNING, file, line, func, text);
}

/** Logs a refusal as a warning, once for each text. */
export function logRefusal(text: string): void {
  const { file, line, func } = findCallerPosition();
  host.log_refusal(file, line, func, text);
}

/** Logs an invalid message, unless the module's own error reports it. Returns `reason`. */
export function logMistake(reason: string): string {
  const { file, line, func } = findCallerPosition();
  host.note_mistake(file, line, func, reason);
  return reason;
}

/** Logs an error at a method of the module. */
export function logErrorAt(method: unknown, text: string): void {
  const { file, line, func } = findDefinition(method);
  host.log(ERROR, file, line, func, text);
}
