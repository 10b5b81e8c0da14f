/** The arguments of this process with all their bytes, which Node's own texts lose. */
import { readFileSync } from 'node:fs';
import { decodeName } from '../runtime/core/bytes.ts';

/** Stands in `process.argv` for bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';

/** The arguments behind the program's file. A byte that is not UTF-8 is U+DC00 + byte, as in names. */
export function readArguments(): string[] {
  const own = process.argv.slice(2);
  if (!own.some((argument) => argument.includes(REPLACEMENT))) return own;
  let all: string[] = [];
  try {
    const bytes = readFileSync('/proc/self/cmdline');
    all = decodeName(bytes).split('\0').slice(0, -1);
  } catch {
    // Without /proc, Node's texts are all there is.
  }
  return all.length > own.length ? all.slice(-own.length) : own;
}
