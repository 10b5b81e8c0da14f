/**
 * Converts values of a stopped request to trees of names and texts, for front ends. Names are
 * GlusterFS's: `op_ret`, `ia_size`. Texts are one line each and harmless to a terminal; long lists
 * and data, and deep values, are cut.
 */
import { Dict, type DictValue } from '../core/dict.ts';
import { errnoName, strerror } from '../core/errno.ts';
import { Fd } from '../core/fd.ts';
import type { Arg } from '../core/fops.ts';
import { Iatt } from '../core/iatt.ts';
import { Inode } from '../core/inode.ts';
import { Loc } from '../core/loc.ts';
import { printable } from '../core/log.ts';
import { isStructType, type StructType, structTypes } from '../core/struct-types.ts';

export interface Value {
  readonly name: string;
  /** A type of the table of fops (`loc`, `iatt`), or of TypeScript. */
  readonly type: string;
  /** A short text, also for a value with parts. */
  readonly text: string;
  readonly parts: readonly Value[];
}

/** The most parts shown of a list, dict or object. */
const PARTS_MAX = 64;
/** The most bytes shown of data. */
const DATA_MAX = 64;
const TEXT_MAX = 4096;
const DEPTH_MAX = 3;

const IA_TYPES = ['INVAL', 'IFREG', 'IFDIR', 'IFLNK', 'IFBLK', 'IFCHR', 'IFIFO', 'IFSOCK'];
export const iaTypes: readonly string[] = IA_TYPES.map((name) => `IA_${name}`);

const NULL = 'null';
/** Names of numbers that are shown in octal. */
const OCTAL: ReadonlySet<string> = new Set(['mode', 'umask', 'ia_prot']);

const value = (name: string, type: string, text: string, parts: readonly Value[] = []): Value => ({
  name: printable(name),
  type,
  text,
  parts,
});

export const quoted = (text: string): string =>
  text.length > TEXT_MAX ? `"${printable(text.slice(0, TEXT_MAX))}"…` : `"${printable(text)}"`;

export const errnoText = (errno: number): string =>
  errno === 0 ? '0' : `${errno} (${errnoName(errno)}: ${strerror(errno)})`;

function numberText(name: string, number: number): string {
  if (name === 'ia_type') return `${number} (${iaTypes[number] ?? 'unknown'})`;
  return OCTAL.has(name) && number >= 0 ? `0${number.toString(8)}` : String(number);
}

function bytesText(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, DATA_MAX);
  const text = Array.from(shown, (byte) => String.fromCharCode(byte)).join('');
  return `${bytes.length} bytes "${printable(text)}"${shown.length < bytes.length ? '…' : ''}`;
}

function structValue(name: string, type: StructType, held: object): Value {
  const parts = structTypes[type].fields.map(({ member, name: own }) => {
    const field = (held as Record<string, unknown>)[own];
    if (typeof field === 'number') return value(member, 'int', numberText(member, field));
    return value(member, 'str', quoted(String(field)));
  });
  return value(name, type, shortStruct(type, held), parts);
}

function shortStruct(type: string, held: object): string {
  if (!(held instanceof Iatt)) return type;
  const { iaType, iaProt, iaSize } = held;
  return `${iaTypes[iaType] ?? iaType} 0${iaProt.toString(8)}, ${iaSize} bytes`;
}

function locValue(name: string, loc: Loc): Value {
  return value(name, 'loc', quoted(loc.path), [
    value('path', 'str', quoted(loc.path)),
    value('name', 'str', loc.name === null ? NULL : quoted(loc.name)),
    inodeValue('inode', loc.inode),
    inodeValue('parent', loc.parent),
    value('gfid', 'str', quoted(loc.gfid)),
    value('pargfid', 'str', quoted(loc.pargfid)),
  ]);
}

function inodeValue(name: string, inode: Inode | null): Value {
  if (inode === null) return value(name, 'inode', NULL);
  const { id, gfid, iaType, nlookup, path, linked } = inode;
  return value(name, 'inode', linked ? `inode ${id}` : `inode ${id}, not linked`, [
    value('id', 'int', String(id)),
    value('gfid', 'str', quoted(gfid)),
    value('ia_type', 'int', numberText('ia_type', iaType)),
    value('nlookup', 'int', String(nlookup)),
    value('path', 'str', quoted(path)),
  ]);
}

function fdValue(name: string, fd: Fd): Value {
  const { id, flags, pid, isDir, inode } = fd;
  return value(name, 'fd', `fd ${id} of ${quoted(inode.path)}`, [
    value('id', 'int', String(id)),
    value('flags', 'int', `0${(flags >>> 0).toString(8)}`),
    value('pid', 'int', String(pid)),
    value('directory', 'bool', String(isDir)),
    inodeValue('inode', inode),
  ]);
}

function dictValue(name: string, dict: Dict): Value {
  const parts: Value[] = [];
  dict.forEach((key, entry, type) => {
    if (parts.length < PARTS_MAX) parts.push(dictEntry(key, entry, type));
  });
  return value(name, 'dict', `${dict.size} ${dict.size === 1 ? 'key' : 'keys'}`, parts);
}

function dictEntry(key: string, entry: DictValue, type: string): Value {
  if (typeof entry === 'number') return value(key, type, String(entry));
  if (typeof entry === 'string') return value(key, type, quoted(entry));
  if (entry instanceof Uint8Array) return value(key, type, bytesText(entry));
  return structValue(key, 'iatt', entry);
}

function listValue(name: string, type: string, list: readonly unknown[], depth: number): Value {
  const parts = list.slice(0, PARTS_MAX).map((item, i) => anyValue(`[${i}]`, item, depth + 1));
  return value(name, type, `${list.length} ${list.length === 1 ? 'entry' : 'entries'}`, parts);
}

/** Shows an argument, or a part of a reply. */
export function argValue({ name, type }: Pick<Arg, 'name' | 'type'>, held: unknown): Value {
  if (held === null || held === undefined) return value(name, type, NULL);
  let shown: Value;
  if (type === 'int') shown = value(name, type, numberText(name, held as number));
  else if (isStructType(type)) shown = structValue(name, type, held as object);
  else shown = anyValue(name, held);
  return { ...shown, type };
}

/**
 * Shows any value of a volume's state: known types in their form, other objects by their own
 * properties, or those that `toJSON` returns.
 */
export function anyValue(name: string, held: unknown, depth = 0): Value {
  if (held === null || held === undefined) return value(name, 'null', NULL);
  if (typeof held === 'string') return value(name, 'str', quoted(held));
  if (typeof held !== 'object') return value(name, typeof held, printable(String(held)));
  if (held instanceof Uint8Array) return value(name, 'data', bytesText(held));
  if (held instanceof Loc) return locValue(name, held);
  if (held instanceof Inode) return inodeValue(name, held);
  if (held instanceof Fd) return fdValue(name, held);
  if (held instanceof Dict) return dictValue(name, held);
  if (held instanceof Iatt) return structValue(name, 'iatt', held);
  if (Array.isArray(held)) return listValue(name, 'list', held, depth);
  const kind = held.constructor?.name ?? 'object';
  const shown = 'toJSON' in held ? (held as { toJSON(): object }).toJSON() : held;
  const entries = depth < DEPTH_MAX ? Object.entries(shown).slice(0, PARTS_MAX) : [];
  const parts = entries
    .filter(([, part]) => typeof part !== 'function')
    .map(([key, part]) => anyValue(key, part, depth + 1));
  return value(name, kind, kind === 'Object' ? 'object' : kind, parts);
}

export const textValue = (name: string, text: string): Value => value(name, 'str', quoted(text));
export const intValue = (name: string, text: string): Value => value(name, 'int', text);
