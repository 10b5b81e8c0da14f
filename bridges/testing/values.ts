/**
 * Encodes values of fops as JSON between a graph under test and the language of its test.
 *
 * Numbers, texts and null are themselves; a loc is its path; other values are tagged:
 *   ["bytes", text of one character a byte]   ["fd", number]   ["inode", gfid, ia_type]
 *   ["iatt", [fields]]   ["dict", [[key, type, value], …]]   ["entries", [[name, off, …], …]]
 *   ["statvfs", [fields]]   ["flock", [fields]]   ["lease", [fields]]   ["locklist", [[fields], …]]
 * with fields as in `bridges/host/crossing/message.ts`.
 */

import type { Arg, ArgType, FopRow } from '../../runtime/core/fops.ts';
import type { Inode, InodeTable } from '../../runtime/core/inode.ts';
import type { Fd, Loc } from '../../runtime/core/operands.ts';
import {
  findMissingFdIndex,
  makeArgumentsRole,
  packValue,
  unpackValues,
} from '../host/crossing/message.ts';
import { memory } from '../machine/browser/memory.ts';

export type Plain = null | number | string | boolean | readonly Plain[] | { [key: string]: Plain };

// The browser's version works on Node, too.
const { decodeLatin1, encodeLatin1 } = memory;

export const encodeBytes = (bytes: Uint8Array): Plain => ['bytes', decodeLatin1(bytes)];

export const decodeBytes = encodeLatin1;

/** Encodes a value for the test. */
export function encodeValue(type: ArgType, value: unknown): Plain {
  if (value === null || value === undefined) return null;
  if (type === 'int' || type === 'str') return value as number | string;
  if (type === 'loc') return (value as Loc).path;
  if (type === 'data') return encodeBytes(value as Uint8Array);
  if (type === 'fd') return ['fd', (value as Fd).id];
  if (type === 'inode') return ['inode', (value as Inode).gfid, (value as Inode).iaType];
  return [type, JSON.parse(packValue(type, value, 0, 0, memory)) as Plain];
}

/** Encodes the values of a row by name. */
export const encodeByName = (
  args: readonly Arg[],
  values: readonly unknown[],
): { [name: string]: Plain } =>
  Object.fromEntries(args.map(({ name, type }, at) => [name, encodeValue(type, values[at])]));

/** Finds the objects of a test's arguments. */
export interface TestObjects {
  /** Returns the loc of a path. */
  loc(path: string): Loc;
  fd(id: number): Fd | undefined;
  readonly table: InodeTable;
}

/**
 * Decodes a fop's arguments from a test's message; missing ones at the end are null. A fop that
 * opens may lack its fd: `newFdIndex` is its index then, otherwise -1.
 * @throws {MessageError}
 */
export function decodeArguments(
  row: FopRow,
  message: readonly unknown[],
  objects: TestObjects,
): { values: unknown[]; newFdIndex: number } {
  const data: Uint8Array[] = [];
  const locs = new Map<number, Loc>();
  const preparedArgs = row.args.map((arg, at) => {
    const value = message[at] ?? null;
    if (arg.type === 'loc' && typeof value === 'string') {
      locs.set(at, objects.loc(value));
      return ['=', 0, at];
    }
    if (arg.type === 'data' && Array.isArray(value)) {
      data.push(decodeBytes(String(value[1])));
      return ['data', data.length - 1];
    }
    // A missing number is 0.
    return value === null && arg.type === 'int' ? 0 : value;
  });
  const values = unpackValues(makeArgumentsRole(row), preparedArgs, {
    findValue: (_, index) => locs.get(index),
    findType: (_, index) => (locs.has(index) ? 'loc' : undefined),
    findInode: () => undefined,
    isForgotten: () => false,
    findFd: objects.fd,
    findBytes: (id) => data[id],
    table: objects.table,
    memory,
  });
  return { values, newFdIndex: findMissingFdIndex(row, values) };
}
