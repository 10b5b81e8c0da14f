/**
 * Applies writes to a file of the tree. A line with its newline is a value and is applied at once, so that
 * `echo` gets an error. Text without a newline may come in pieces, and is applied at close or sync. A write at
 * offset 0 starts a new value; truncating changes nothing.
 *
 * A value is applied in a later turn of the event loop: the write may have come through a module that the new option
 * reconfigures.
 */
import { EFBIG, EINVAL, EPERM, ESTALE } from '../../core/errno.ts';
import { printable } from '../../core/log.ts';
import { messages } from '../../core/messages.ts';
import { decodeValue, endsLine, MAX_VALUE_BYTES, type MetaXlator, type OpenNode } from './state.ts';
import { RefusedValue } from './tree.ts';

/** Appends the bytes of a write to the open file's value; returns 0 or the errno. */
export function appendWrite(openNode: OpenNode, vector: Uint8Array, offset: number): number {
  const earlierBytes =
    offset === 0 || openNode.writtenBytes === null ? new Uint8Array(0) : openNode.writtenBytes;
  if (earlierBytes.length + vector.length > MAX_VALUE_BYTES) return EFBIG;
  const joined = new Uint8Array(earlierBytes.length + vector.length);
  joined.set(earlierBytes);
  joined.set(vector, earlierBytes.length);
  openNode.writtenBytes = joined;
  return 0;
}

/** Whether the written bytes are a complete value. */
export const isValueComplete = ({ writtenBytes }: OpenNode): boolean =>
  writtenBytes !== null && endsLine(writtenBytes);

/** Applies the written value, and calls `onApplied` with 0 or the errno. */
export function applyValue(
  xl: MetaXlator,
  openNode: OpenNode,
  onApplied: (errno: number) => void,
): void {
  const { writtenBytes } = openNode;
  openNode.writtenBytes = null;
  if (writtenBytes === null || writtenBytes.length === 0) onApplied(0);
  else xl.context.after(0, () => onApplied(writeNode(xl, openNode, decodeValue(writtenBytes))));
}

/** Writes a value to the file's current node, and logs the result. Returns 0 or the errno. */
function writeNode(xl: MetaXlator, { treePath }: OpenNode, value: string): number {
  const node = xl.priv.findNode(treePath);
  if (node === undefined) return ESTALE;
  if (node.kind !== 'file' || node.write === undefined) return EPERM;
  const path = printable([xl.priv.dirName, ...treePath.path].join('/'));
  try {
    node.write(value);
  } catch (error) {
    if (!(error instanceof RefusedValue)) throw error;
    for (const problem of error.problems) {
      xl.log.error(`${path} stays as it is: ${problem}`, { msgid: messages.metaValueRefused.id });
    }
    return EINVAL;
  }
  xl.log.info(`${path} is now '${printable(value)}'`, { msgid: messages.metaFileSet.id });
  return 0;
}
