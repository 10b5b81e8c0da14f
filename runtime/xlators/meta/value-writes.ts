/**
 * Writes to a file of the tree. A line with its newline is a value and is applied at once, so that `echo`
 * gets an error. Text without a newline may come in pieces, and is applied at close or sync. A write at
 * offset 0 starts a new value; truncating changes nothing.
 *
 * A value is applied in a later turn: the write may have passed a module that the new option reconfigures.
 */
import { EFBIG, EINVAL, EPERM, ESTALE } from '../../core/errno.ts';
import { printable } from '../../core/log.ts';
import { messages } from '../../core/messages.ts';
import { Refusal } from './nodes.ts';
import { endsLine, type MetaXlator, type OpenNode, textOf, VALUE_MAX } from './state.ts';

/** Appends written bytes; returns 0 or the errno. */
export function appendWrite(opened: OpenNode, vector: Uint8Array, offset: number): number {
  const before = offset === 0 || opened.written === null ? new Uint8Array(0) : opened.written;
  if (before.length + vector.length > VALUE_MAX) return EFBIG;
  const all = new Uint8Array(before.length + vector.length);
  all.set(before);
  all.set(vector, before.length);
  opened.written = all;
  return 0;
}

/** Whether the written bytes are a complete value. */
export const isWhole = ({ written }: OpenNode): boolean => written !== null && endsLine(written);

/** Applies the written value, and calls `then` with 0 or the errno. */
export function applyValue(xl: MetaXlator, opened: OpenNode, then: (errno: number) => void): void {
  const { written } = opened;
  opened.written = null;
  if (written === null || written.length === 0) then(0);
  else xl.context.after(0, () => then(change(xl, opened, textOf(written))));
}

function change(xl: MetaXlator, { place }: OpenNode, value: string): number {
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
