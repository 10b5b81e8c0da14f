/**
 * Writing to a file of the tree. A line, with its newline, is a value and is taken at once, so that
 * `echo` hears of a wrong one; what comes without is taken when the file is closed or synced, and may
 * come in pieces until then. A write at the start of the file begins anew. To empty a file changes
 * nothing.
 *
 * A value is not taken while the write is on its way: that may have come through a module, which may
 * be the one that is to be given another option.
 */
import { EFBIG, EINVAL, EPERM, ESTALE } from '../../core/errno.ts';
import { printable } from '../../core/log.ts';
import { messages } from '../../core/messages.ts';
import { Refusal } from './nodes.ts';
import { endsLine, type MetaXlator, type Opened, textOf, VALUE_MAX } from './places.ts';

/** Keeps what is written. The result is an errno, 0 for success. */
export function keep(opened: Opened, vector: Uint8Array, offset: number): number {
  const before = offset === 0 || opened.written === null ? new Uint8Array(0) : opened.written;
  if (before.length + vector.length > VALUE_MAX) return EFBIG;
  const all = new Uint8Array(before.length + vector.length);
  all.set(before);
  all.set(vector, before.length);
  opened.written = all;
  return 0;
}

/** Whether what was written so far is a whole value. */
export const isWhole = ({ written }: Opened): boolean => written !== null && endsLine(written);

/** Takes what was written, and then tells the errno, 0 for success. */
export function take(xl: MetaXlator, opened: Opened, then: (errno: number) => void): void {
  const { written } = opened;
  opened.written = null;
  if (written === null || written.length === 0) then(0);
  else xl.context.after(0, () => then(change(xl, opened, textOf(written))));
}

function change(xl: MetaXlator, { place }: Opened, value: string): number {
  const node = xl.priv.nodeAt(place);
  if (node === undefined) return ESTALE;
  if (node.kind !== 'file' || node.write === undefined) return EPERM;
  const path = printable([xl.priv.dirName, ...place.path].join('/'));
  try {
    node.write(value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    for (const problem of error.problems) {
      xl.log.error(`${path} stays as it is: ${problem}`, { msgid: messages.metaRefused.id });
    }
    return EINVAL;
  }
  xl.log.info(`${path} is now '${printable(value)}'`, { msgid: messages.metaSet.id });
  return 0;
}
