/** Reads the arguments of this process with all their bytes: `process.argv` loses invalid UTF-8. */
import { readFileSync } from 'node:fs';
import { decodeName } from '../runtime/core/bytes.ts';

/** The character that `process.argv` has in place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';

/** Returns the arguments after the program's file; a byte that is not UTF-8 as U+DC00 + byte. */
export function readArguments(): string[] {
  const nodeArguments = process.argv.slice(2);
  if (!nodeArguments.some((argument) => argument.includes(REPLACEMENT))) return nodeArguments;
  let wholeArguments: string[] = [];
  try {
    const bytes = readFileSync('/proc/self/cmdline');
    // Each argument ends in NUL, so the last part is empty.
    wholeArguments = decodeName(bytes).split('\0').slice(0, -1);
  } catch {
    // Without /proc, the bytes are unknown: Node's texts are used.
  }
  // The first arguments are Node's own: its program, its options, and the file.
  return wholeArguments.length > nodeArguments.length
    ? wholeArguments.slice(-nodeArguments.length)
    : nodeArguments;
}
