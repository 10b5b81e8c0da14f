/**
 * Encodes fop values that a guest fetches as JSON, and decodes those in its messages.
 *
 * A guest fetches fields as below; a dict as ["type type …", [indices of values that need
 * conversion], [keys], [values]].
 *
 * A guest sends each argument as null, a number, a string, or
 *   ["=", wind, index]   the value as received (wind -1: the fop's own argument)
 *   ["loc", [inode, parent, name, gfid]]   ["inode", id]   ["fd", id]   ["data", number]
 *   ["iatt", [fields]]   ["dict", [[key, type, value], …]]
 *   ["entries", [[name, off, type, gfid, stat, ref], …]]   stat: fields, null, or true (as received);
 *                        ref: [wind, index, entry] of the received entry that it is made of, or null
 *   ["statvfs", [fields]]   ["flock", [fields]]   ["lease", [fields]]   ["locklist", [[fields], …]]
 * Bytes inside a dict are text of one character a byte; NaN and infinities are text. Messages are
 * untrusted: every other value throws MessageError.
 *
 * The record of compiled modules (compiled/area.ts) was measured in its place, read by struct in Python and by a
 * Float64Array in QuickJS. Microseconds from the host's value to the guest's, JSON against record: an iatt 7.1 and 4.4
 * in Python, 7.4 and 3.4 in QuickJS (7.5 by a DataView); a dict of 5 pairs 9.9 and 10.3, 14.7 and 16.9; a listing of 100
 * 800 and 700, 935 and 850. Python's dicts use neither: C API calls make one in 1.8 (python/values.ts).
 */
import { NameError, nameLength } from '../../../runtime/core/bytes.ts';
import { Dict, type DictType, type DictValue, dictTypes } from '../../../runtime/core/dict.ts';
import type { Arg, ArgType, FopRow } from '../../../runtime/core/fops.ts';
import { type Gfid, isGfid, NULL_GFID } from '../../../runtime/core/gfid.ts';
import { type Dirent, Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode, InodeTable } from '../../../runtime/core/inode.ts';
import { type Flock, isLockOwner } from '../../../runtime/core/lock.ts';
import { type Fd, Loc } from '../../../runtime/core/operands.ts';
import {
  type StructType,
  type StructTypes,
  structTypes,
} from '../../../runtime/core/struct-types.ts';
import type { MemoryTools } from '../machine.ts';

/** Thrown for a value that no argument can have; the text is for the module's author. */
export class MessageError extends Error {
  readonly code = 'GLOSSA_MESSAGE';
}

/** The highest of GlusterFS's file types IA_*. */
const MAX_IA_TYPE = 7;
const DICT_TYPES: ReadonlySet<string> = new Set<DictType>(dictTypes);

/** Lists the values of a structure's fields, in their order. */
const listFields = <T extends object>(value: T, fields: readonly (keyof T)[]): unknown[] =>
  fields.map((field) => value[field]);

const { names: IATT_FIELDS } = structTypes.iatt;
const { names: FLOCK_FIELDS } = structTypes.flock;

const packStruct =
  <T extends StructType>(type: T): Pack =>
  (value: StructTypes[T]) =>
    listFields(value, structTypes[type].names);

/** Types of values that JSON cannot represent directly. */
const CONVERTED_TYPES: ReadonlySet<DictType> = new Set<DictType>([
  'double',
  'bin',
  'iatt',
  'mdata',
]);

/**
 * Packs a dict in columns, so that a guest builds its dict in one step, and its types on demand.
 */
function packDict(dict: Dict, memory: MemoryTools): unknown[] {
  const types: DictType[] = [];
  const convertedIndexes: number[] = [];
  const keys: string[] = [];
  const values: unknown[] = [];
  dict.forEach((key, value, type) => {
    if (CONVERTED_TYPES.has(type)) convertedIndexes.push(keys.length);
    types.push(type);
    keys.push(key);
    values.push(makePlainValue(value, memory));
  });
  return [types.join(' '), convertedIndexes, keys, values];
}

/** Decodes a fetched dict, in a guest's own thread. */
export function unpackFetchedDict(json: string, memory: MemoryTools): Dict {
  const [types, , keys, values] = JSON.parse(json) as [string, unknown, string[], unknown[]];
  const dict = new Dict();
  if (types === '') return dict;
  types.split(' ').forEach((type, index) => {
    dict.set(
      keys[index]!,
      readPlainValue(type as DictType, values[index], memory),
      type as DictType,
    );
  });
  return dict;
}

function readPlainValue(type: DictType, value: unknown, memory: MemoryTools): DictValue {
  if (type === 'bin' || type === 'mdata') return memory.encodeLatin1(value as string);
  if (type === 'double') return Number(value);
  if (type !== 'iatt') return value as DictValue;
  return Object.assign(
    new Iatt(),
    Object.fromEntries(IATT_FIELDS.map((field, index) => [field, (value as unknown[])[index]])),
  );
}

/** Converts a dict's value to one that JSON can represent. */
function makePlainValue(value: DictValue, memory: MemoryTools): unknown {
  if (value instanceof Uint8Array) return memory.decodeLatin1(value);
  if (value instanceof Iatt) return listFields(value, IATT_FIELDS);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Packs entries with their origin (`wind` and index), so that their inodes can be found. */
function packEntries(entries: readonly Dirent[], wind: number, index: number): unknown[] {
  return entries.map((entry, i) => {
    const stat = entry.stat === null ? null : listFields(entry.stat, IATT_FIELDS);
    return [entry.name, entry.off, entry.type, entry.gfid, stat, [wind, index, i]];
  });
}

/** Encodes an argument that a guest fetches, as JSON. */
export function packValue(
  type: ArgType,
  value: unknown,
  wind: number,
  index: number,
  memory: MemoryTools,
): string {
  return JSON.stringify(PACKERS[type]?.(value as never, wind, index, memory) ?? null);
}

type Pack = (value: never, wind: number, index: number, memory: MemoryTools) => unknown;

/** Encoders of the types that a guest fetches as JSON. */
const PACKERS: Partial<Record<ArgType, Pack>> = {
  iatt: packStruct('iatt'),
  dict: (value: Dict, _wind, _index, memory) => packDict(value, memory),
  entries: (value: readonly Dirent[], wind, index) => packEntries(value, wind, index),
  statvfs: packStruct('statvfs'),
  flock: packStruct('flock'),
  lease: packStruct('lease'),
  locklist: (value: readonly Flock[]) => value.map((lock) => listFields(lock, FLOCK_FIELDS)),
};

/** Finds the objects that a message about a request refers to by numbers. */
export interface Resolver {
  /** Returns argument `index` of the fop (wind -1) or of a reply; undefined if it is absent. */
  findValue(wind: number, index: number): unknown;
  /** Returns the type of that value. */
  findType(wind: number, index: number): ArgType | undefined;
  /** Returns undefined for an inode that the module did not receive, or that is forgotten. */
  findInode(id: number): Inode | undefined;
  /** Returns true if the number may have been that of a forgotten inode; the refusal is noted. */
  isForgotten(id: number): boolean;
  findFd(id: number): Fd | undefined;
  /** Returns bytes that the guest has passed with `putBytes`. */
  findBytes(id: number): Uint8Array | undefined;
  /** The volume's inode table; null before its first inode. */
  readonly table: InodeTable | null;
  readonly memory: MemoryTools;
}

/** The role of decoded values: arguments of a wind, or parts of a reply. */
export interface ValueRole {
  readonly row: FopRow;
  readonly args: readonly Arg[];
  /** The integer that replaces the guest's None; undefined: None is refused. */
  readonly valueForNone: number | undefined;
}

/** Makes the role of a wind's arguments. */
export const makeArgumentsRole = (row: FopRow): ValueRole => ({
  row,
  args: row.args,
  valueForNone: undefined,
});

/** Makes the role of a reply's parts. Integers of a failed one are -1, as in default_…_failure_cbk. */
export const makeReplyRole = (row: FopRow, isFailure: boolean): ValueRole => ({
  row,
  args: row.reply,
  valueForNone: isFailure ? -1 : undefined,
});

/** Decodes the values of a row from a guest's message. @throws {MessageError} */
export function unpackValues(role: ValueRole, message: unknown, resolver: Resolver): unknown[] {
  const { args } = role;
  if (!Array.isArray(message) || message.length !== args.length) {
    throw new MessageError(`${args.length} arguments were expected`);
  }
  return args.map((arg, i) => unpackValue(role, arg, message[i], resolver));
}

/** Decodes and checks one argument. @throws {MessageError} */
function unpackValue(role: ValueRole, arg: Arg, value: unknown, resolver: Resolver): unknown {
  const refuse: Refuse = (reason, part = '') => {
    throw new MessageError(`${arg.name}${part} ${reason}`);
  };
  if (value === null) {
    if (arg.type === 'int') return role.valueForNone ?? refuse('is missing');
    return arg.nullable || mayLackFd(role.row, arg) ? null : refuse('must not be None');
  }
  const [tag, first, second] = Array.isArray(value) ? (value as unknown[]) : [];
  if (tag === '=')
    return findReceivedValue(arg, first as number, second as number, resolver, refuse);
  if (arg.type === 'int') return checkInteger(value, refuse, 'must be');
  if (arg.type === 'str') return checkText(value, refuse);
  if (tag !== arg.type) return refuse(`must be a ${arg.type}`);
  const decoded = UNPACKERS[arg.type]!(first, resolver, refuse);
  const isLoc = decoded instanceof Loc && !(decoded instanceof ForgottenLoc);
  return isLoc ? completeLoc(role.row, decoded, resolver) : decoded;
}

/** Returns true for the fd of a fop that opens, which may be missing: the host makes one. */
const mayLackFd = (row: FopRow, arg: Arg): boolean =>
  arg.type === 'fd' && row.reply.some(({ type }) => type === 'fd');

/** Returns the index of the fd that the host has yet to make; -1 if it has them all. */
export function findMissingFdIndex(row: FopRow, values: readonly unknown[]): number {
  const index = row.args.findIndex((arg) => mayLackFd(row, arg));
  return index < 0 || values[index] !== null ? -1 : index;
}

/** Finds the value that a guest returns as it has received it. */
function findReceivedValue(
  arg: Arg,
  wind: number,
  index: number,
  resolver: Resolver,
  refuse: Refuse,
): unknown {
  const type = resolver.findType(wind, index);
  if (type === undefined) return refuse('belongs to another request');
  if (type !== arg.type) return refuse(`must be a ${arg.type}, not a ${type}`);
  const value = resolver.findValue(wind, index) ?? null;
  return value === null && !arg.nullable ? refuse('must not be None') : value;
}

/** Throws a MessageError about the current argument, or about a part of it such as `["key"]`. */
type Refuse = (reason: string, part?: string) => never;
type Unpack = (value: unknown, resolver: Resolver, refuse: Refuse) => unknown;

/** @param prefix the start of the reason, such as `must be` */
function checkInteger(value: unknown, refuse: Refuse, prefix: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  return refuse(`${prefix} an integer below 2^53`);
}

/** Checks text of names and link targets: it must be encodable as bytes. */
function checkText(value: unknown, refuse: Refuse): string {
  if (typeof value !== 'string') return refuse('must be a string');
  if (value.includes('\0')) return refuse('has a NUL in it');
  return checkEncodable(value, refuse);
}

/** Checks that text is encodable as bytes. */
function checkEncodable(text: string, refuse: Refuse): string {
  try {
    nameLength(text);
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    return refuse(`has text that cannot be encoded: ${error.message}`);
  }
  return text;
}

/** Checks the name of a directory entry. */
function checkEntryName(value: unknown, refuse: Refuse): string {
  const name = checkText(value, refuse);
  if (name !== '' && !name.includes('/')) return name;
  return refuse(`has the name ${JSON.stringify(name)}, which no directory entry can have`);
}

/** Checks the name in an invalidation. @throws {MessageError} */
export const checkDirectoryEntryName = (value: unknown): string =>
  checkEntryName(value, (why) => {
    throw new MessageError(`the entry ${why}`);
  });

/** Decodes a structure from its fields in order. */
function unpackStruct<T extends StructType>(
  type: T,
  value: unknown,
  refuse: Refuse,
): StructTypes[T] {
  const { names, make } = structTypes[type];
  const struct = make();
  if (!Array.isArray(value) || value.length !== names.length) return refuse('lacks fields');
  names.forEach((field, i) => {
    const fieldType = typeof struct[field];
    const fieldValue: unknown = value[i];
    if (typeof fieldValue !== fieldType) refuse(`has a ${String(field)} that is no ${fieldType}`);
    if (fieldType === 'number')
      checkInteger(fieldValue, refuse, `has a ${String(field)} that is not`);
    struct[field] = fieldValue as StructTypes[T][keyof StructTypes[T]];
  });
  return struct;
}

function unpackIatt(value: unknown, refuse: Refuse): Iatt {
  const iatt = unpackStruct('iatt', value, refuse);
  if (!isGfid(iatt.iaGfid)) refuse('has an ia_gfid that is no uuid');
  if (iatt.iaType < 0 || iatt.iaType > MAX_IA_TYPE)
    refuse('has an ia_type that is not one of IA_*');
  return iatt;
}

function unpackFlock(value: unknown, refuse: Refuse): Flock {
  const flock = unpackStruct('flock', value, refuse);
  return isLockOwner(flock.owner)
    ? flock
    : refuse('has an owner that is not the hexadecimal text of bytes');
}

function unpackDict(value: unknown, { memory }: Resolver, refuse: Refuse): Dict {
  const dict = new Dict();
  if (!Array.isArray(value)) return refuse('must be a dict');
  let name = '';
  const refusePair: Refuse = (reason) => refuse(reason, `[${JSON.stringify(name)}]`);
  for (const pair of value as unknown[]) {
    const [key, type, packedValue] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (!DICT_TYPES.has(type as string)) return refuse('is no dict');
    name = checkText(key, refuse);
    dict.set(
      name,
      unpackDictValue(type as DictType, packedValue, memory, refusePair),
      type as DictType,
    );
  }
  return dict;
}

function unpackDictValue(
  type: DictType,
  value: unknown,
  memory: MemoryTools,
  refuse: Refuse,
): DictValue {
  if (type === 'iatt') return unpackIatt(value, refuse);
  if (type === 'int' || type === 'uint') {
    const number = checkInteger(value, refuse, `has an ${type} that is not`);
    return type === 'int' || number >= 0 ? number : refuse('has a negative uint');
  }
  if (type === 'double') {
    return typeof value === 'number' || NON_FINITE_TEXTS.has(value)
      ? Number(value)
      : refuse('has a double that is no number');
  }
  if (typeof value !== 'string') return refuse(`has a ${type} of the wrong kind`);
  if (type === 'gfuuid') return isGfid(value) ? value : refuse('has a gfid that is no uuid');
  return type === 'str' ? checkEncodable(value, refuse) : memory.encodeLatin1(value);
}

/** Doubles that JSON cannot represent, as a guest sends them. */
const NON_FINITE_TEXTS: ReadonlySet<unknown> = new Set(['NaN', 'Infinity', '-Infinity']);

function unpackGfid(value: unknown, refuse: Refuse): Gfid {
  if (value === null) return NULL_GFID;
  return typeof value === 'string' && isGfid(value) ? value : refuse('has a gfid that is no uuid');
}

/** A loc of a forgotten inode: winding to it fails with ESTALE (requests/name-lookups.ts). */
export class ForgottenLoc extends Loc {}

function unpackLoc(value: unknown, resolver: Resolver, refuse: Refuse): Loc {
  const [inodeId, parentId, name, gfid] = Array.isArray(value) ? (value as unknown[]) : [];
  let isForgotten = false;
  const findInode = (id: unknown): Inode | null => {
    if (id === 0) return null;
    const inode = resolver.findInode(id as number);
    if (inode !== undefined) return inode;
    if (!resolver.isForgotten(id as number)) refuse('names an inode that is not known any more');
    isForgotten = true;
    return null;
  };
  const gfidValue = unpackGfid(gfid, refuse);
  const entryName = name === null ? null : checkEntryName(name, refuse);
  const [inode, parent] = [findInode(inodeId), findInode(parentId)];
  if (isForgotten) return new ForgottenLoc(null, null, entryName, gfidValue);
  // A parent without a name is valid: the directory of a nameless file (O_TMPFILE).
  if (entryName !== null && parent === null) return refuse('has a name and no parent');
  if (inode === null && parent === null && gfidValue === NULL_GFID) return refuse('leads nowhere');
  return new Loc(inode, parent, entryName, gfidValue);
}

/**
 * Completes a loc that a module made without an inode: adds the inode with that name or gfid. If
 * the table has no such inode and the fop's reply brings an inode, adds a new one, as a mount does. For
 * other fops the name is looked up before the wind (requests/name-lookups.ts).
 */
function completeLoc(row: FopRow, loc: Loc, resolver: Resolver): Loc {
  const { inode, parent, name, gfid } = loc;
  const table = parent?.table ?? resolver.table;
  if (inode !== null || table === null) return loc;
  // The inode in link's reply is the existing file's.
  const makesInode = row.name !== 'link' && row.reply.some(({ type }) => type === 'inode');
  const replyHasInode =
    makesInode || (name === null && row.reply.some(({ type }) => type === 'fd'));
  const knownInode =
    parent !== null && name !== null ? parent.children?.get(name) : table.find(gfid);
  const isCreation = replyHasInode && row.entry.creates !== undefined;
  const existingInode = isCreation ? undefined : knownInode;
  return new Loc(existingInode ?? (replyHasInode ? table.newInode() : null), parent, name, gfid);
}

function unpackEntries(value: unknown, resolver: Resolver, refuse: Refuse): Dirent[] {
  if (!Array.isArray(value)) return refuse('must be a list of Dirent');
  return (value as unknown[]).map((item) => {
    const [name, off, type, gfid, stat, ref] = Array.isArray(item) ? (item as unknown[]) : [];
    const receivedEntry = Array.isArray(ref)
      ? findReceivedEntry(ref as number[], resolver)
      : undefined;
    return {
      name: checkEntryName(name, refuse),
      off: checkInteger(off, refuse, 'has an off that is not'),
      type: checkInteger(type, refuse, 'has a type that is not'),
      gfid: unpackGfid(gfid, refuse),
      stat:
        stat === true
          ? (receivedEntry?.stat ?? null)
          : stat === null
            ? null
            : unpackIatt(stat, refuse),
      dict: receivedEntry?.dict ?? null,
      inode: receivedEntry?.inode ?? null,
    };
  });
}

/** Finds the received entry from which a guest's entry is derived. */
function findReceivedEntry(
  [wind, index, entryIndex]: number[],
  resolver: Resolver,
): Dirent | undefined {
  if (resolver.findType(wind!, index!) !== 'entries') return undefined;
  return (resolver.findValue(wind!, index!) as readonly Dirent[] | null)?.[entryIndex!];
}

/** Decoders of tagged values, by type: they get the part after the tag. */
const UNPACKERS: Partial<Record<ArgType, Unpack>> = {
  loc: unpackLoc,
  inode: (value, resolver, refuse) =>
    resolver.findInode(value as number) ?? refuse('is an inode that is not known any more'),
  fd: (value, resolver, refuse) =>
    resolver.findFd(value as number) ?? refuse('is not open any more'),
  data: (value, resolver, refuse) => resolver.findBytes(value as number) ?? refuse('has no bytes'),
  iatt: (value, _, refuse) => unpackIatt(value, refuse),
  dict: unpackDict,
  entries: unpackEntries,
  statvfs: (value, _, refuse) => unpackStruct('statvfs', value, refuse),
  flock: (value, _, refuse) => unpackFlock(value, refuse),
  lease: (value, _, refuse) => {
    const lease = unpackStruct('lease', value, refuse);
    return isGfid(lease.id) ? lease : refuse('has an id that is no uuid');
  },
  locklist: (value, _, refuse) => {
    if (!Array.isArray(value)) return refuse('must be a list of Flock');
    return (value as unknown[]).map((item) => unpackFlock(item, refuse));
  },
};
