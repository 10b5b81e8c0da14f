/**
 * Reads a guest's decision about a request out of its message:
 *
 *   ["wind", number, child, fop, [arguments]]   and show the reply to the guest
 *   ["tail", child, [arguments]]                hand the request on: its reply is the answer
 *   ["unwind", op_ret, op_errno, [reply]]      op_ret null: the success that is meant (success.ts)
 *   ["failed"]                                  the script failed, and has logged why
 *
 * A message is read when it arrives, so that the script that sent a wrong one is told at the place
 * where it did. The other side of this file is `python/glupy/frame.py`.
 */
import { type FopRow, findFop } from '../../../runtime/core/fops.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import type { Upcall } from '../../../runtime/core/upcall.ts';
import {
  argumentsOf,
  checkedName,
  ForgottenLoc,
  MessageError,
  missingFd,
  type Resolver,
  replyOf,
  unpack,
} from './message.ts';
import { type Asked, successOf } from './success.ts';

export type Decision =
  | {
      readonly verb: 'wind';
      /** The guest's number for the wind. */
      readonly wind: number;
      readonly child: number;
      readonly row: FopRow;
      /** The fd of a fop that opens may be missing: one is made when it is wound. */
      readonly values: unknown[];
    }
  | { readonly verb: 'tail'; readonly child: number; readonly values: unknown[] }
  | {
      readonly verb: 'unwind';
      readonly opRet: number;
      readonly opErrno: number;
      readonly values: unknown[];
    }
  | { readonly verb: 'failed' };

/** What a message is read against. */
export interface Reading {
  /** The request's fop; undefined for a request of the translator's own. */
  readonly row: FopRow | undefined;
  readonly asked: Asked;
  readonly children: number;
  readonly resolver: Resolver;
}

/** JSON, or what it would be parsed to. */
export type GuestMessage = string | readonly unknown[];

/** @throws {MessageError} */
export function readDecision(message: GuestMessage, reading: Reading): Decision {
  const [verb, ...rest] = typeof message === 'string' ? parseMessage(message) : message;
  switch (verb) {
    case 'wind':
      return readWind(rest, reading);
    case 'tail':
      return readTail(rest, reading);
    case 'unwind':
      return readUnwind(rest, reading);
    case 'failed':
      return { verb };
    default:
      throw new MessageError('no such message');
  }
}

/** @throws {MessageError} */
export function parseMessage(text: string): unknown[] {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // What is wrong with it helps nobody: a guest that keeps to the protocol sends JSON.
  }
  if (!Array.isArray(message)) throw new MessageError('a message must be a JSON array');
  return message as unknown[];
}

/** A wind's number stays a small integer. */
const LAST_WIND = 0x3fffffff;

function readWind([wind, child, fop, args]: unknown[], reading: Reading): Decision {
  const row = findFop(String(fop));
  if (row === undefined || !Number.isSafeInteger(wind) || (wind as number) < 0) {
    throw new MessageError(`${fop} is no fop`);
  }
  if ((wind as number) > LAST_WIND) throw new MessageError('winds must be counted from 0');
  const values = unpack(argumentsOf(row), args, reading.resolver);
  const loc = locIn(values);
  const isPlace = loc instanceof ForgottenLoc || (loc?.parent != null && loc.name !== null);
  if (missingFd(row, values) >= 0 && loc?.inode == null && !isPlace) {
    throw new MessageError(
      'fd is missing, and the loc leads to no inode that one could be made of',
    );
  }
  return { verb: 'wind', wind: wind as number, child: readChild(child, reading), row, values };
}

export const locIn = (values: readonly unknown[]): Loc | undefined =>
  values.find((value) => value instanceof Loc) as Loc | undefined;

function readTail([child, args]: unknown[], reading: Reading): Decision {
  const row = rowOf(reading);
  const values = unpack(argumentsOf(row), args, reading.resolver);
  if (missingFd(row, values) >= 0) throw new MessageError('fd must not be None');
  return { verb: 'tail', child: readChild(child, reading), values };
}

function readUnwind([given, opErrno, reply]: unknown[], reading: Reading): Decision {
  const row = rowOf(reading);
  if (given !== null && !Number.isSafeInteger(given)) {
    throw new MessageError('op_ret must be an integer');
  }
  const opRet = given as number | null;
  const failed = opRet !== null && opRet < 0;
  if (failed && !isErrno(opErrno)) throw new MessageError('a failure needs an op_errno');
  const values = unpack(replyOf(row, failed), reply, reading.resolver);
  if (failed) return { verb: 'unwind', opRet, opErrno: opErrno as number, values };
  const errno = Number.isSafeInteger(opErrno) ? (opErrno as number) : 0;
  const counted = successOf(row, opRet, values, reading.asked);
  return { verb: 'unwind', opRet: counted, opErrno: errno, values };
}

/** Linux gives out errno numbers below 512 to applications; the kernel's FUSE takes no other. */
export const isErrno = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 512;

function rowOf({ row }: Reading): FopRow {
  if (row === undefined) throw new MessageError('a request of its own is answered to nobody');
  return row;
}

function readChild(child: unknown, { children }: Reading): number {
  if (Number.isSafeInteger(child) && (child as number) >= 0 && (child as number) < children) {
    return child as number;
  }
  throw new MessageError('there is no such subvolume to wind to');
}

/** By number or gfid; undefined for an unknown one. */
export type FindInode = (id: number | string) => Inode | undefined;

/**
 * Reads what a guest says is out of date, as an UPCALL (`runtime/core/upcall.ts`):
 *
 *   ["entry", parent, name, expire]     ["removed", parent, name, inode]
 *   ["inode", inode, data]              ["every-entry"]
 *
 * An inode is its number or its gfid, `expire` and `data` are booleans. Undefined for an inode that the
 * volume has forgotten: no cache above has anything of it. @throws {MessageError}
 */
export function readUpcall(message: GuestMessage, find: FindInode): Upcall | undefined {
  const [what, of, ...rest] = typeof message === 'string' ? parseMessage(message) : message;
  if (what === 'every-entry') return { what };
  const inode = inodeOf(of, find);
  const [first, second] = rest;
  switch (what) {
    case 'inode':
      return inode && { what, inode, data: first === true };
    case 'entry': {
      const name = checkedName(first);
      return inode && { what, parent: inode, name, expire: second === true };
    }
    case 'removed': {
      const name = checkedName(first);
      const child = inodeOf(second, find);
      return inode && child && { what, parent: inode, name, inode: child };
    }
    default:
      throw new MessageError('no such message');
  }
}

function inodeOf(id: unknown, find: FindInode): Inode | undefined {
  if (typeof id === 'number' || typeof id === 'string') return find(id);
  throw new MessageError('an inode must be a number or a gfid');
}
