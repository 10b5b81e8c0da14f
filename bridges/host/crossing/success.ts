/**
 * Checks a module's successful reply against the fop table, and computes its op_ret when the module
 * leaves that out (None). A reply that lacks a required part is refused in the module's own call.
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

/** The size of a value: bytes of data or text, entries of a listing, keys of a dict. */
function lengthOf(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'string') return nameLength(value);
  return value instanceof Dict ? value.size : (value as { length: number }).length;
}

/** The values a reply is checked against: the fop's arguments and the children's replies. */
export interface RequestValues {
  readonly args: readonly unknown[];
  readonly replies: readonly (ChildReply | undefined)[];
}

/**
 * The op_ret of a success. A child's own op_ret is always accepted: a module may pass it on.
 * @param given the guest's op_ret; null to compute it
 * @throws {MessageError}
 */
export function successOf(
  row: FopRow,
  given: number | null,
  values: readonly unknown[],
  asked: RequestValues,
): number {
  const { counts } = row;
  const at = counts?.part === undefined ? -1 : row.reply.findIndex((a) => a.name === counts.part);
  row.reply.forEach((part, index) => {
    const isEmpty = index === at && given === 0;
    if (part.needed && !isEmpty) checkPart(row, index, values[index], asked);
  });
  if (counts === null) return given ?? 0;
  const most = mostOf(row, asked.args);
  // The keys of a dict are counted only for a missing op_ret.
  const isDict = row.reply[at]?.type === 'dict';
  if (at >= 0 && (given === null || !isDict)) {
    const length = lengthOf(values[at]);
    if (length <= most || said(asked, row, (reply) => lengthOf(reply.values[at]) > most)) {
      return length;
    }
    throw new MessageError(
      `${counts.part} has ${length} bytes, and ${most} were asked for (${counts.most})`,
    );
  }
  if (given === null) return most;
  if (said(asked, row, (reply) => reply.opRet === given)) return given;
  if (given > most) {
    throw new MessageError(`op_ret ${given} is more than the ${most} bytes that came`);
  }
  if (given === 0 && most > 0 && isLength(row)) {
    throw new MessageError(
      `op_ret 0 says that none of ${most} bytes was written: ${most} says all, and a failure ` +
        'has an errno',
    );
  }
  return given;
}

const isLength = ({ args, counts }: FopRow): boolean =>
  args.find(({ name }) => name === counts?.most)?.type === 'data';

function mostOf({ args, counts }: FopRow, values: readonly unknown[]): number {
  const at = args.findIndex(({ name }) => name === counts?.most);
  const value = values[at];
  if (at < 0) return Number.POSITIVE_INFINITY;
  return typeof value === 'number' ? value : lengthOf(value);
}

const said = (
  { replies }: RequestValues,
  row: FopRow,
  what: (reply: ChildReply) => boolean,
): boolean => replies.some((reply) => reply?.row === row && reply.opRet >= 0 && what(reply));

function checkPart(row: FopRow, at: number, value: unknown, asked: RequestValues): void {
  const { name, type } = row.reply[at]!;
  if (value === null && !said(asked, row, (reply) => reply.values[at] === null)) {
    const hint = type === 'inode' ? ': loc.inode, where it is what was asked for' : '';
    throw new MessageError(`${name} is missing: a ${row.name} that succeeds brings one${hint}`);
  }
  const isNames = row.reply.some((part) => part.type === 'inode');
  if (isNames && value instanceof Iatt && value.iaGfid === NULL_GFID) {
    throw new MessageError(`${name} has no ia_gfid: the file it describes could not be found`);
  }
}
