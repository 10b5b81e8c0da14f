/** Checks, before a volume runs a file, that no other user could have changed the file. */
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { describeUntrusted } from '../../../runtime/sys/untrusted-code.ts';

/** Warnings already logged for a volume: one folder often causes many. */
const loggedReasons = new WeakMap<object, Set<string>>();

/** Warns of a file or folder that other users can change. @throws {GraphError} under --strict */
export function warnForeignWritable<P>(xl: Xlator<P>, path: string): void {
  const text = describeUntrusted(path, xl.context.strict === true);
  if (text === null) return;
  const reasons = loggedReasons.get(xl) ?? new Set();
  loggedReasons.set(xl, reasons);
  if (reasons.has(text) && xl.context.strict !== true) return;
  reasons.add(text);
  xl.warnSuspicious([{ position: path, text }]);
}
