/** Checks files before a volume runs them: that no other user could have changed them. */
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { whyUntrusted } from '../../../runtime/sys/untrusted-code.ts';

/** What was said of a volume's files. One folder often is the reason for many. */
const said = new WeakMap<object, Set<string>>();

/** Points out a file, or a folder, that others can change. @throws {GraphError} under --strict */
export function checkForeign<P>(xl: Xlator<P>, path: string): void {
  const text = whyUntrusted(path, xl.context.strict === true);
  if (text === null) return;
  const reasons = said.get(xl) ?? new Set();
  said.set(xl, reasons);
  if (reasons.has(text) && xl.context.strict !== true) return;
  reasons.add(text);
  xl.warnSuspicious([{ where: path, text }]);
}
