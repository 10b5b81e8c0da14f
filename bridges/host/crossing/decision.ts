/**
 * Decodes a guest's messages: its invalidations (`readUpcall`), and its decisions about requests:
 *
 *   ["wind", number, child, fop, [arguments]]   wind; the guest sees the reply
 *   ["tail", child, [arguments]]                wind; the child's reply is the request's
 *   ["unwind", op_ret, op_errno, [reply]]       op_ret null: computed from the reply (reply-check.ts)
 *   ["return", value]                           the result of a method of a file system by path
 *   ["failed"]                                  the method failed, and the guest has logged why
 *
 * The host decodes a message on arrival, so that an error is raised in the module's own call. The
 * guest's library (python/glupy/frame.py) encodes it.
 */

import { type FopRow, findFop } from '../../../runtime/core/fops.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import type { Upcall } from '../../../runtime/core/upcall.ts';
import {
  checkDirectoryEntryName,
  ForgottenLoc,
  findMissingFdIndex,
  MessageError,
  makeArgumentsRole,
  makeReplyRole,
  type Resolver,
  unpackValues,
} from './message.ts';
import { checkSuccess, type RequestValues } from './reply-check.ts';

export type Decision =
  | {
      readonly verb: 'wind';
      /** The guest's number of this wind. */
      readonly wind: number;
      /** The child's index. */
      readonly child: number;
      readonly row: FopRow;
      /** The fd of a fop that opens may be null: the host makes it when it winds. */
      readonly values: unknown[];
    }
  | { readonly verb: 'tail'; readonly child: number; readonly values: unknown[] }
  | {
      readonly verb: 'unwind';
      readonly opRet: number;
      readonly opErrno: number;
      readonly values: unknown[];
    }
  | { readonly verb: 'return'; readonly value: unknown }
  | { readonly verb: 'failed' };

/** The request that a message belongs to. */
export interface MessageContext {
  /** The request's fop; undefined for a request of the translator's own. */
  readonly row: FopRow | undefined;
  readonly request: RequestValues;
  readonly childCount: number;
  readonly resolver: Resolver;
  /** Checks the result of a method; absent for a fop. @throws {MessageError} */
  readonly readReturned?: ((value: unknown) => unknown) | undefined;
}

/** JSON text, or the parsed value. */
export type GuestMessage = string | readonly unknown[];

/** Decodes and checks a decision. @throws {MessageError} for an invalid one */
export function readDecision(message: GuestMessage, context: MessageContext): Decision {
  const [verb, ...rest] = typeof message === 'string' ? parseMessage(message) : message;
  switch (verb) {
    case 'wind':
      return readWind(rest, context);
    case 'tail':
      return readTail(rest, context);
    case 'unwind':
      return readUnwind(rest, context);
    case 'return':
      if (context.readReturned === undefined) throw new MessageError('a fop returns nothing');
      return { verb, value: context.readReturned(rest[0]) };
    case 'failed':
      return { verb };
    default:
      throw new MessageError('no such message');
  }
}

/** Parses a message's JSON. @throws {MessageError} for any other text */
export function parseMessage(text: string): unknown[] {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // The parser's error would not help: only a guest that breaks the protocol sends malformed JSON.
  }
  if (!Array.isArray(message)) throw new MessageError('a message must be a JSON array');
  return message as unknown[];
}

/** The highest number of a wind: V8's largest small integer with compressed pointers. */
const MAX_WIND_NUMBER = 0x3fffffff;

function readWind([wind, child, fop, args]: unknown[], context: MessageContext): Decision {
  const row = findFop(String(fop));
  if (row === undefined) throw new MessageError(`${fop} is no fop`);
  const isCounted = Number.isSafeInteger(wind) && (wind as number) >= 0;
  if (!isCounted || (wind as number) > MAX_WIND_NUMBER) {
    throw new MessageError('winds must be counted from 0');
  }
  const values = unpackValues(makeArgumentsRole(row), args, context.resolver);
  const loc = findFirstLoc(values);
  const isNamed = loc instanceof ForgottenLoc || (loc?.parent != null && loc.name !== null);
  if (findMissingFdIndex(row, values) >= 0 && loc?.inode == null && !isNamed) {
    throw new MessageError(
      'fd is missing, and the loc leads to no inode that one could be made of',
    );
  }
  return { verb: 'wind', wind: wind as number, child: readChild(child, context), row, values };
}

/** Finds the first loc among a fop's arguments. */
export const findFirstLoc = (values: readonly unknown[]): Loc | undefined =>
  values.find((value) => value instanceof Loc) as Loc | undefined;

function readTail([child, args]: unknown[], context: MessageContext): Decision {
  const row = requireRow(context);
  const values = unpackValues(makeArgumentsRole(row), args, context.resolver);
  if (findMissingFdIndex(row, values) >= 0) throw new MessageError('fd must not be None');
  return { verb: 'tail', child: readChild(child, context), values };
}

function readUnwind([opRetValue, opErrno, reply]: unknown[], context: MessageContext): Decision {
  const row = requireRow(context);
  if (opRetValue !== null && !Number.isSafeInteger(opRetValue)) {
    throw new MessageError('op_ret must be an integer');
  }
  const opRet = opRetValue as number | null;
  const isFailure = opRet !== null && opRet < 0;
  if (isFailure && !isErrno(opErrno)) throw new MessageError('a failure needs an op_errno');
  const values = unpackValues(makeReplyRole(row, isFailure), reply, context.resolver);
  if (isFailure) return { verb: 'unwind', opRet, opErrno: opErrno as number, values };
  const errno = Number.isSafeInteger(opErrno) ? (opErrno as number) : 0;
  const checkedOpRet = checkSuccess(row, opRet, values, context.request);
  return { verb: 'unwind', opRet: checkedOpRet, opErrno: errno, values };
}

/** Returns true for an errno that the kernel's FUSE accepts: from 1 to 511. */
export const isErrno = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 512;

/** Returns the request's fop. @throws {MessageError} for a request of the translator's own */
function requireRow({ row }: MessageContext): FopRow {
  if (row === undefined) throw new MessageError('a request of its own has no caller to answer');
  return row;
}

/** Checks the index of a child. @throws {MessageError} */
function readChild(child: unknown, { childCount }: MessageContext): number {
  if (Number.isSafeInteger(child) && (child as number) >= 0 && (child as number) < childCount) {
    return child as number;
  }
  throw new MessageError('there is no such subvolume to wind to');
}

/** Finds an inode by number or gfid; undefined if unknown. */
export type FindInode = (id: number | string) => Inode | undefined;

/**
 * Decodes a guest's invalidation into an upcall (`runtime/core/upcall.ts`):
 *
 *   ["entry", parent, name, expire]     ["removed", parent, name, inode]
 *   ["inode", inode, data]              ["every-entry"]
 *
 * An inode is its number or its gfid; `expire` and `data` are booleans. Returns undefined for an
 * inode that the volume has forgotten: caches above have no data of it. @throws {MessageError}
 */
export function readUpcall(message: GuestMessage, findInode: FindInode): Upcall | undefined {
  const [kind, id, nameOrData, expireOrChild] =
    typeof message === 'string' ? parseMessage(message) : message;
  if (kind === 'every-entry') return { kind };
  const inode = resolveInode(id, findInode);
  switch (kind) {
    case 'inode':
      return inode && { kind, inode, data: nameOrData === true };
    case 'entry': {
      const name = checkDirectoryEntryName(nameOrData);
      return inode && { kind, parent: inode, name, expire: expireOrChild === true };
    }
    case 'removed': {
      const name = checkDirectoryEntryName(nameOrData);
      const child = resolveInode(expireOrChild, findInode);
      return inode && child && { kind, parent: inode, name, inode: child };
    }
    default:
      throw new MessageError('no such message');
  }
}

/** Finds an inode by the id in a message. @throws {MessageError} for an id of the wrong type */
function resolveInode(id: unknown, findInode: FindInode): Inode | undefined {
  if (typeof id === 'number' || typeof id === 'string') return findInode(id);
  throw new MessageError('an inode must be a number or a gfid');
}
