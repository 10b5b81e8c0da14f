/**
 * Checks a module's successful reply against the fop table, and computes its op_ret if the module
 * gives none (None). A reply that lacks a required part raises an error in the module's own call.
 */
import { nameLength } from '../../../runtime/core/bytes.ts';
import { Dict } from '../../../runtime/core/dict.ts';
import type { FopRow } from '../../../runtime/core/fops.ts';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import { MessageError } from './message.ts';

/** A child's reply to one wind. */
export interface ChildReply {
  readonly wind: number;
  readonly row: FopRow;
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: readonly unknown[];
}

/** Computes the size of a value: bytes of data or text, entries of a listing, keys of a dict. */
function computeValueLength(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'string') return nameLength(value);
  return value instanceof Dict ? value.size : (value as { length: number }).length;
}

/** The values that a reply is checked against: the fop's arguments and the children's replies. */
export interface RequestValues {
  readonly args: readonly unknown[];
  readonly replies: readonly (ChildReply | undefined)[];
}

/**
 * Checks a successful reply and returns its op_ret. A child's own op_ret is always accepted, as a
 * module may pass it on.
 * @param opRet the guest's op_ret; null to compute it
 * @throws {MessageError}
 */
export function checkSuccess(
  row: FopRow,
  opRet: number | null,
  values: readonly unknown[],
  request: RequestValues,
): number {
  const { counts } = row;
  const countedIndex =
    counts?.part === undefined ? -1 : row.reply.findIndex((a) => a.name === counts.part);
  row.reply.forEach((part, index) => {
    const isEmpty = index === countedIndex && opRet === 0;
    if (part.needed && !isEmpty) checkPart(row, index, values[index], request);
  });
  if (counts === null) return opRet ?? 0;
  const maxOpRet = findMaxOpRet(row, request.args);
  // For a dict, op_ret is computed (its number of keys) only if the module gives none.
  const isDict = row.reply[countedIndex]?.type === 'dict';
  if (countedIndex >= 0 && (opRet === null || !isDict)) {
    const length = computeValueLength(values[countedIndex]);
    if (
      length <= maxOpRet ||
      hasChildReply(
        request,
        row,
        (reply) => computeValueLength(reply.values[countedIndex]) > maxOpRet,
      )
    ) {
      return length;
    }
    throw new MessageError(
      `${counts.part} has ${length} bytes, and ${maxOpRet} were asked for (${counts.most})`,
    );
  }
  if (opRet === null) return maxOpRet;
  if (hasChildReply(request, row, (reply) => reply.opRet === opRet)) return opRet;
  if (opRet > maxOpRet) {
    throw new MessageError(`op_ret ${opRet} is more than the ${maxOpRet} bytes that came`);
  }
  if (opRet === 0 && maxOpRet > 0 && countsWrittenBytes(row)) {
    throw new MessageError(
      `op_ret 0 says that none of ${maxOpRet} bytes was written: ${maxOpRet} says all, and a failure ` +
        'has an errno',
    );
  }
  return opRet;
}

/** Returns true for a fop like writev, whose op_ret is the length of its data. */
const countsWrittenBytes = ({ args, counts }: FopRow): boolean =>
  args.find(({ name }) => name === counts?.most)?.type === 'data';

/**
 * Finds the largest possible op_ret: the number of bytes requested, or the length of the data
 * written. Infinite for a fop without such a limit.
 */
export function findMaxOpRet({ args, counts }: FopRow, values: readonly unknown[]): number {
  const limitIndex = args.findIndex(({ name }) => name === counts?.most);
  const value = values[limitIndex];
  if (limitIndex < 0) return Number.POSITIVE_INFINITY;
  return typeof value === 'number' ? value : computeValueLength(value);
}

/** Returns true if a child has replied to the same fop with success, and the reply matches. */
const hasChildReply = (
  { replies }: RequestValues,
  row: FopRow,
  matches: (reply: ChildReply) => boolean,
): boolean => replies.some((reply) => reply?.row === row && reply.opRet >= 0 && matches(reply));

/**
 * Checks a required part of a reply. It may be null if a child's reply lacked it, too.
 * @throws {MessageError}
 */
function checkPart(row: FopRow, index: number, value: unknown, request: RequestValues): void {
  const { name, type } = row.reply[index]!;
  if (value === null && !hasChildReply(request, row, (reply) => reply.values[index] === null)) {
    const hint = type === 'inode' ? ': loc.inode, where it is what was asked for' : '';
    throw new MessageError(`${name} is missing: a ${row.name} that succeeds brings one${hint}`);
  }
  // A reply with an inode names a file, which its gfid identifies.
  const identifiesFile = row.reply.some((part) => part.type === 'inode');
  if (identifiesFile && value instanceof Iatt && value.iaGfid === NULL_GFID) {
    throw new MessageError(`${name} has no ia_gfid: the file it describes could not be found`);
  }
}
