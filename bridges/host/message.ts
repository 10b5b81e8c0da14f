/**
 * Values of fops as JSON, both ways: what a guest fetches, and what it sends in a message.
 *
 * A guest sends each argument as null, a number, a string, or
 *   ["=", wind, index]   taken over as it came (wind -1: the fop's own argument)
 *   ["loc", [inode, parent, name, gfid]]   ["inode", id]   ["fd", id]   ["data", number]
 *   ["iatt", [fields]]   ["dict", [[key, type, value], …]]   ["entries", [[…], …]]
 *   ["statvfs", [fields]]   ["flock", [fields]]   ["lease", [fields]]   ["locklist", [[fields], …]]
 * Bytes inside a dict travel as text of one character a byte. The other side of this file is
 * `python/glupy/values.py` and `frame.py`. Messages are untrusted: anything else is a MessageError.
 */
import { Dict, type DictType, type DictValue } from '../../runtime/core/dict.ts';
import type { Fd } from '../../runtime/core/fd.ts';
import type { Arg, ArgType } from '../../runtime/core/fops.ts';
import { type Gfid, isGfid, NULL_GFID } from '../../runtime/core/gfid.ts';
import { type Dirent, Iatt, Statvfs } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/loc.ts';
import type { Flock, Lease } from '../../runtime/core/lock.ts';

/** A guest sent what no argument can be. The text is for the module's author. */
export class MessageError extends Error {
  readonly code = 'GLOSSA_MESSAGE';
}

const IATT_FIELDS = [
  'iaGfid',
  'iaType',
  'iaProt',
  'iaNlink',
  'iaUid',
  'iaGid',
  'iaSize',
  'iaBlocks',
  'iaBlksize',
  'iaDev',
  'iaRdev',
  'iaAtime',
  'iaAtimeNsec',
  'iaMtime',
  'iaMtimeNsec',
  'iaCtime',
  'iaCtimeNsec',
  'iaBtime',
  'iaBtimeNsec',
  'iaFlags',
  'iaAttributes',
  'iaAttributesMask',
] as const;
const STATVFS_FIELDS = [
  'bsize',
  'frsize',
  'blocks',
  'bfree',
  'bavail',
  'files',
  'ffree',
  'favail',
  'fsid',
  'flag',
  'namemax',
] as const;
const FLOCK_FIELDS = ['type', 'whence', 'start', 'len', 'pid', 'owner'] as const;
const LEASE_FIELDS = ['cmd', 'type', 'id', 'flags'] as const;
const DICT_TYPES: ReadonlySet<string> = new Set<DictType>([
  'int',
  'uint',
  'double',
  'str',
  'bin',
  'gfuuid',
  'iatt',
  'mdata',
]);

const pick = <T extends object>(value: T, fields: readonly (keyof T)[]): unknown[] =>
  fields.map((field) => value[field]);

const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

function packDict(dict: Dict): unknown[] {
  const packed: unknown[] = [];
  dict.forEach((key, value, type) => {
    const plain =
      value instanceof Uint8Array
        ? text(value)
        : value instanceof Iatt
          ? pick(value, IATT_FIELDS)
          : value;
    packed.push([key, type, plain]);
  });
  return packed;
}

/** `wind` and the index say where an entry came from, so that its inode is found again. */
function packEntries(entries: readonly Dirent[], wind: number, index: number): unknown[] {
  return entries.map((entry, i) => {
    const stat = entry.stat === null ? null : pick(entry.stat, IATT_FIELDS);
    return [entry.name, entry.off, entry.type, entry.gfid, stat, [wind, index, i]];
  });
}

/** What a guest fetches of an argument, as JSON. */
export function pack(type: ArgType, value: unknown, wind: number, index: number): string {
  return JSON.stringify(PACK[type]?.(value as never, wind, index) ?? null);
}

const PACK: Partial<Record<ArgType, (value: never, wind: number, index: number) => unknown>> = {
  iatt: (value: Iatt) => pick(value, IATT_FIELDS),
  dict: (value: Dict) => packDict(value),
  entries: (value: readonly Dirent[], wind, index) => packEntries(value, wind, index),
  statvfs: (value: Statvfs) => pick(value, STATVFS_FIELDS),
  flock: (value: Flock) => pick(value, FLOCK_FIELDS),
  lease: (value: Lease) => pick(value, LEASE_FIELDS),
  locklist: (value: readonly Flock[]) => value.map((lock) => pick(lock, FLOCK_FIELDS)),
};

/** Where the numbers in a message lead. */
export interface Source {
  /** Argument `index` of the fop (wind -1) or of a reply; undefined when there is none. */
  value(wind: number, index: number): unknown;
  inode(id: number): Inode | undefined;
  fd(id: number): Fd | undefined;
  /** Bytes that the guest has put, once. */
  data(id: number): Uint8Array | undefined;
}

/** Arguments of a row out of a guest's message. @throws {MessageError} */
export function unpack(row: readonly Arg[], message: unknown, source: Source): unknown[] {
  if (!Array.isArray(message) || message.length !== row.length) {
    throw new MessageError(`${row.length} arguments were expected`);
  }
  return row.map((arg, i) => unpackOne(arg, message[i], source));
}

function unpackOne(arg: Arg, value: unknown, source: Source): unknown {
  const refuse = (why: string): never => {
    throw new MessageError(`${arg.name} ${why}`);
  };
  if (value === null) {
    if (arg.type === 'int') return -1;
    return arg.nullable ? null : refuse('must not be None');
  }
  if (arg.type === 'int') {
    return typeof value === 'number' && Number.isSafeInteger(value)
      ? value
      : refuse('must be an integer below 2^53');
  }
  if (arg.type === 'str') return typeof value === 'string' ? value : refuse('must be a string');
  if (!Array.isArray(value)) return refuse(`must be a ${arg.type}`);
  const [tag, first, second] = value as unknown[];
  if (tag === '=') {
    const known = source.value(first as number, second as number);
    return known === undefined ? refuse('belongs to another request') : known;
  }
  if (tag !== arg.type) return refuse(`must be a ${arg.type}, not a ${String(tag)}`);
  return UNPACK[arg.type]!(first, source, refuse);
}

type Refuse = (why: string) => never;
type Unpack = (value: unknown, source: Source, refuse: Refuse) => unknown;

/** Numbers and text of an object's fields, in the order of `fields`, of the types of `like`. */
function fieldsInto<T extends object>(
  target: T,
  fields: readonly (keyof T)[],
  value: unknown,
  refuse: Refuse,
): T {
  if (!Array.isArray(value) || value.length !== fields.length) return refuse('lacks fields');
  fields.forEach((field, i) => {
    const wanted = typeof target[field];
    const given: unknown = value[i];
    if (typeof given !== wanted) refuse(`has a ${String(field)} that is no ${wanted}`);
    if (wanted === 'number' && !Number.isSafeInteger(given)) {
      refuse(`has a ${String(field)} that is no integer below 2^53`);
    }
    target[field] = given as T[keyof T];
  });
  return target;
}

function unpackIatt(value: unknown, refuse: Refuse): Iatt {
  const iatt = fieldsInto(new Iatt(), IATT_FIELDS, value, refuse);
  if (!isGfid(iatt.iaGfid)) refuse('has an ia_gfid that is no uuid');
  if (iatt.iaType < 0 || iatt.iaType > 7) refuse('has an ia_type that is none of IA_*');
  return iatt;
}

const newFlock = (): Flock => ({ type: 0, whence: 0, start: 0, len: 0, pid: 0, owner: '' });
const newLease = (): Lease => ({ cmd: 0, type: 0, id: NULL_GFID, flags: 0 });

function unpackDict(value: unknown, refuse: Refuse): Dict {
  const dict = new Dict();
  if (!Array.isArray(value)) return refuse('must be a dict');
  for (const pair of value as unknown[]) {
    const [key, type, plain] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof key !== 'string' || !DICT_TYPES.has(type as string)) return refuse('is no dict');
    dict.set(key, dictValue(type as DictType, plain, refuse), type as DictType);
  }
  return dict;
}

function dictValue(type: DictType, value: unknown, refuse: Refuse): DictValue {
  if (type === 'iatt') return unpackIatt(value, refuse);
  if (type === 'int' || type === 'uint' || type === 'double') {
    return typeof value === 'number' ? value : refuse(`has a ${type} that is no number`);
  }
  if (typeof value !== 'string') return refuse(`has a ${type} of the wrong kind`);
  if (type === 'gfuuid' && !isGfid(value)) return refuse('has a gfid that is no uuid');
  return type === 'bin' || type === 'mdata' ? new Uint8Array(Buffer.from(value, 'latin1')) : value;
}

function unpackLoc(value: unknown, source: Source, refuse: Refuse): Loc {
  const [inodeId, parentId, name, gfid] = Array.isArray(value) ? (value as unknown[]) : [];
  const find = (id: unknown): Inode | null => {
    if (id === 0) return null;
    return source.inode(id as number) ?? refuse('names an inode that is not known any more');
  };
  if (name !== null && typeof name !== 'string') return refuse('has a name that is no string');
  if (name !== null && (name === '' || name.includes('/') || name.includes('\0'))) {
    return refuse(`has the name ${JSON.stringify(name)}, which no directory entry can have`);
  }
  const wanted = typeof gfid === 'string' && isGfid(gfid) ? gfid : NULL_GFID;
  return new Loc(find(inodeId), find(parentId), name, wanted);
}

function unpackEntries(value: unknown, source: Source, refuse: Refuse): Dirent[] {
  if (!Array.isArray(value)) return refuse('must be a list of Dirent');
  return (value as unknown[]).map((item) => {
    const [name, off, type, gfid, stat, ref] = Array.isArray(item) ? (item as unknown[]) : [];
    if (typeof name !== 'string' || typeof off !== 'number' || typeof type !== 'number') {
      return refuse('has an entry without name, off or type');
    }
    const from = Array.isArray(ref) ? source.value(ref[0] as number, ref[1] as number) : undefined;
    const origin = Array.isArray(from) ? (from as Dirent[])[(ref as number[])[2]!] : undefined;
    return {
      name,
      off,
      type,
      gfid: typeof gfid === 'string' && isGfid(gfid) ? (gfid as Gfid) : NULL_GFID,
      stat: stat === null ? null : unpackIatt(stat, refuse),
      dict: origin?.dict ?? null,
      inode: origin?.inode ?? null,
    };
  });
}

const UNPACK: Partial<Record<ArgType, Unpack>> = {
  loc: unpackLoc,
  inode: (value, source, refuse) =>
    source.inode(value as number) ?? refuse('is an inode that is not known any more'),
  fd: (value, source, refuse) => source.fd(value as number) ?? refuse('is not open any more'),
  data: (value, source, refuse) => source.data(value as number) ?? refuse('has no bytes'),
  iatt: (value, _, refuse) => unpackIatt(value, refuse),
  dict: (value, _, refuse) => unpackDict(value, refuse),
  entries: unpackEntries,
  statvfs: (value, _, refuse) => fieldsInto(new Statvfs(), STATVFS_FIELDS, value, refuse),
  flock: (value, _, refuse) => fieldsInto(newFlock(), FLOCK_FIELDS, value, refuse),
  lease: (value, _, refuse) => fieldsInto(newLease(), LEASE_FIELDS, value, refuse),
  locklist: (value, _, refuse) => {
    if (!Array.isArray(value)) return refuse('must be a list of Flock');
    return (value as unknown[]).map((item) => fieldsInto(newFlock(), FLOCK_FIELDS, item, refuse));
  },
};
