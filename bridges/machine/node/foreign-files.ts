/** Checks, before a volume runs a file, that no other user could have changed the file. */
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { describeUntrusted } from '../../../runtime/sys/untrusted-code.ts';

/** The warnings already logged for each volume: one folder often causes the same one many times. */
const loggedWarnings = new WeakMap<object, Set<string>>();

/** Warns of a file or folder that other users can change. @throws {GraphError} under --strict */
export function warnForeignWritable<P>(xl: Xlator<P>, path: string): void {
  const text = describeUntrusted(path, xl.context.strict === true);
  if (text === null) return;
  const warnings = loggedWarnings.get(xl) ?? new Set();
  loggedWarnings.set(xl, warnings);
  if (warnings.has(text) && xl.context.strict !== true) return;
  warnings.add(text);
  xl.warnSuspicious([{ position: path, text }]);
}
