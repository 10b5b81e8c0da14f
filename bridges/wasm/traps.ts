/**
 * Describes the failure of a call into a WebAssembly module: why it failed, and the functions and
 * source lines on its stack, as far as the module has names and debug information.
 */
import type { LogSource } from '../../runtime/core/log.ts';
import { ModuleExit } from './imports.ts';

/** A function on the stack of a failed call. */
export interface TrapFrame {
  readonly functionName: string;
  /** The offset of the instruction in the compiled bytes. */
  readonly offset: number;
}

/** A position in a source file. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
}

/** Finds the source position of an offset in the module's file; undefined if unknown. */
export type FindPosition = (offset: number) => SourcePosition | undefined;

/** As `FindPosition`, of the compiled bytes; null for code that the host has added. */
export type FindCompiledPosition = (offset: number) => SourcePosition | undefined | null;

/** A described failure. */
export interface Trap {
  /** The reason in one line. */
  readonly reason: string;
  readonly source: LogSource;
  /** The functions on the stack, a line each, after a newline; '' if unknown. */
  readonly trace: string;
}

/** A frame of WebAssembly in a stack's text of V8, and of Firefox. */
const FRAMES = [
  /^\s*at (?:(?:async )?(.+) \()?wasm:\/\/[^\s)]*:wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/,
  /^(?:(?!wasm-function\[)([^@]+)|[^@]*)@.*:wasm-function\[(\d+)\]:0x([0-9a-f]+)$/,
];

/** Lists the WebAssembly functions in an error's stack, the innermost first. */
export const listTrapFrames = (stack: string): TrapFrame[] =>
  stack.split('\n').flatMap((line) => {
    const match = FRAMES.map((pattern) => pattern.exec(line)).find((found) => found !== null);
    if (match === undefined) return [];
    return {
      functionName: match[1] ?? `function ${match[2]}`,
      offset: Number.parseInt(match[3]!, 16),
    };
  });

/** The engines' messages of traps, in an author's words. */
const REASONS: readonly (readonly [message: RegExp, reason: string])[] = [
  [/: data segment/, 'a data segment outside of its memory'],
  [/: table |: element segment/, 'elements outside of its table'],
  [/^table index/, 'a call through a pointer to anything but a function of this type'],
  [/^unreachable/, 'it gave up (abort, a failed assertion, or unreachable code)'],
  [/out of bounds/, 'an access outside of its memory'],
  [
    /null function|signature mismatch|indirect call to null/,
    'a call through a pointer to anything but a function of this type',
  ],
  [/call stack size|too much recursion/, 'its calls are nested too deep'],
  [/divide by zero/, 'a division by zero'],
  [/unrepresentable|integer overflow/, 'a number that does not fit its type'],
];

/** Functions of the runtime that give up for their caller. */
const GIVING_UP = /^(?:abort|exit|_Exit|__assert_fail|__builtin_trap|glossa_need)$/;

/** Describes a failure. @param path the module's file */
export function describeTrap(
  error: unknown,
  path: string,
  findPosition: FindCompiledPosition,
): Trap {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const frames = listTrapFrames(stack).filter(({ offset }) => findPosition(offset) !== null);
  const known =
    error instanceof ModuleExit ? undefined : REASONS.find(([pattern]) => pattern.test(message));
  const positions = frames.map(({ offset }) => findPosition(offset));
  const trace = frames.map(({ functionName }, i) => {
    const position = positions[i];
    return `\n    at ${functionName}${position ? ` (${position.file}:${position.line})` : ''}`;
  });
  const namedSource = error instanceof ModuleExit ? error.source : undefined;
  const index = Math.max(
    0,
    frames.findIndex(({ functionName }) => !GIVING_UP.test(functionName)),
  );
  const { file, line } = positions[index] ?? { file: path, line: 0 };
  const source = namedSource ?? { file, line, func: frames[index]?.functionName ?? '-' };
  return { reason: known?.[1] ?? message, source, trace: trace.join('') };
}
