/**
 * Shows the frames of a stopped request, from the current one up to the initiator, and converts their values to trees of
 * names and texts, for front ends. Names are GlusterFS's: `op_ret`, `ia_size`. A text is one line without control
 * characters. Long lists and data, and deep values, are cut.
 */
import { Dict, type DictValue } from '../core/dict.ts';
import { errnoName, strerror } from '../core/errno.ts';
import type { Arg } from '../core/fops.ts';
import type { Frame } from '../core/frame.ts';
import { Iatt } from '../core/iatt.ts';
import { Inode } from '../core/inode.ts';
import { printable } from '../core/log.ts';
import { Fd, Loc } from '../core/operands.ts';
import { maskOptions } from '../core/secrets.ts';
import { isStructType, type StructType, structTypes } from '../core/struct-types.ts';
import type { Xlator } from '../core/xlator.ts';
import { DebugError } from './debug-error.ts';
import type { Stop } from './debugger.ts';
import { findReplyReceiver, type Hop, listArgumentPaths } from './hops.ts';

/** A volume in the call stack of a request. */
export interface FrameView {
  /** The frame's number; 0 is the current frame. */
  readonly level: number;
  readonly volume: string;
  readonly type: string;
  /** The fop, such as `lookup`; `lookup_cbk` when the volume is about to get a reply. */
  readonly fop: string;
  /** The paths in the fop's arguments. */
  readonly paths: readonly string[];
  /** The volume's position in the volfile, `FILE:LINE:COLUMN`. */
  readonly where: string | null;
}

/** A named group of values. */
export interface Scope {
  /**
   * `script` has what the volume's bridge notes about the request: the module's method, line and
   * `local`. `answered` has the same of the volume that sent the reply.
   */
  readonly name: 'reply' | 'answered' | 'script' | 'arguments' | 'frame' | 'volume';
  readonly values: readonly ShownValue[];
}

/** One volume of the call stack, with the objects from which its values are read. */
interface CallLevel {
  /** The volume's hop; null for the initiator, which no fop arrives at. */
  readonly hop: Hop | null;
  readonly xl: Xlator;
  /** The volume's frame; null if it has passed the frame on (`tail`). */
  readonly frame: Frame | null;
  readonly fop: string;
}

/** Lists the call stack of a stopped request, from the volume that is about to get the fop or reply. */
function listLevels({ kind, hop: stopped }: Stop): CallLevel[] {
  const levels: CallLevel[] = [];
  let fop = stopped.row.name;
  const add = (hop: Hop | null, xl: Xlator, frame: Frame | null): void => {
    levels.push({ hop, xl, frame: frame?.xl === xl ? frame : null, fop });
  };
  if (kind === 'unwind') fop = `${fop}_cbk`;
  else {
    add(stopped, stopped.xl, stopped.frame);
    fop = stopped.parentHop?.row.name ?? fop;
  }
  let topHop = stopped;
  for (let hop = stopped.parentHop; hop !== null; hop = hop.parentHop) {
    add(hop, hop.xl, hop.frame);
    fop = hop.parentHop?.row.name ?? hop.row.name;
    topHop = hop;
  }
  add(null, findReplyReceiver(topHop), topHop.frame.parent);
  return levels;
}

/** Finds a level by its number. @throws {DebugError} for an unknown number */
function findLevel(stop: Stop, level: number): CallLevel {
  const levels = listLevels(stop);
  const entry = levels[level];
  if (entry === undefined) {
    throw new DebugError(`there is no frame ${level}: they are 0 to ${levels.length - 1}`);
  }
  return entry;
}

/** Lists the frames of a stopped request, the current one first. */
export const listFrames = (stop: Stop): FrameView[] =>
  listLevels(stop).map(({ hop, xl, fop }, level) => ({
    level,
    volume: xl.name,
    type: xl.type,
    fop,
    paths: listArgumentPaths(hop ?? stop.hop),
    where: xl.position ?? null,
  }));

/** Lists the values of a frame in groups. @throws {DebugError} for an unknown frame */
export function listScopes(stop: Stop, level = 0): Scope[] {
  const { hop, xl, frame } = findLevel(stop, level);
  const scopes: Scope[] = [];
  if (level === 0 && stop.kind === 'unwind') {
    scopes.push({ name: 'reply', values: showReply(stop) });
  }
  const replierNotes = level === 0 && stop.kind === 'unwind' ? showNotes(stop.hop) : [];
  if (replierNotes.length > 0) scopes.push({ name: 'answered', values: replierNotes });
  const notes = hop === null ? [] : showNotes(hop);
  if (notes.length > 0) scopes.push({ name: 'script', values: notes });
  const argumentsHop = hop ?? (level === 0 ? stop.hop : null);
  if (argumentsHop !== null) {
    const values = argumentsHop.row.args.map((arg, i) => showArgument(arg, argumentsHop.args[i]));
    scopes.push({ name: 'arguments', values });
  }
  const values = showFrame(stop, frame);
  // If the notes have the module's own `local`, omit the frame's (the first value), which is the host's.
  const hasModuleLocal = notes.some(({ name }) => name === 'local');
  scopes.push({ name: 'frame', values: hasModuleLocal ? values.slice(1) : values });
  scopes.push({ name: 'volume', values: showVolume(xl) });
  return scopes;
}

/** Shows a module's notes as values, such as `('a', 1)`. */
const showNotes = ({ notes }: Hop): ShownValue[] =>
  Object.entries(notes).map(([name, text]) => ({
    ...showText(name, text),
    text: printable(text),
  }));

/** Shows op_ret, op_errno and the parts of a stopped reply. */
export const showReply = ({ hop, opRet, opErrno, reply }: Stop): ShownValue[] => [
  showInt('op_ret', String(opRet)),
  showInt('op_errno', formatErrno(opErrno)),
  ...hop.row.reply.map((arg, i) => showArgument(arg, reply[i])),
];

/** Shows the fields of the volume's frame, and the request's number and caller. */
function showFrame({ hop: { request } }: Stop, frame: Frame | null): ShownValue[] {
  const { unique, op, uid, gid, pid, lkOwner } = request.root;
  return [
    showAny('local', frame?.local ?? null),
    showInt('cookie', String(frame?.cookie ?? 0)),
    showInt('unique', String(unique)),
    showText('op', op),
    showInt('uid', String(uid)),
    showInt('gid', String(gid)),
    showInt('pid', String(pid)),
    showText('lk_owner', lkOwner),
  ];
}

/** Shows a volume's options, children and state. */
function showVolume(xl: Xlator): ShownValue[] {
  const options = maskOptions(xl.volfileOptions);
  const children = Object.fromEntries(xl.below.map(({ name, up }) => [name, up ? 'up' : 'down']));
  return [
    showText('name', xl.name),
    showText('type', xl.type),
    showAny('options', options),
    showAny('children', children),
    showAny('state', xl.initialised ? (xl.translator.dump?.(xl) ?? null) : null),
  ];
}

/** A value as front ends show it. */
export interface ShownValue {
  readonly name: string;
  /** A type of the table of fops (`loc`, `iatt`), or of TypeScript. */
  readonly type: string;
  /** A short text, also for a value with parts. */
  readonly text: string;
  readonly parts: readonly ShownValue[];
}

/** The most parts shown of a list, dict or object. */
const PARTS_MAX = 64;
/** The most bytes shown of data. */
const DATA_MAX = 64;
/** The most characters shown of a text. */
const TEXT_MAX = 4096;
/** The most levels shown of nested objects. */
const DEPTH_MAX = 3;

const IA_TYPES = ['INVAL', 'IFREG', 'IFDIR', 'IFLNK', 'IFBLK', 'IFCHR', 'IFIFO', 'IFSOCK'];
/** The names of file types, by their numbers in `Iatt.iaType`. */
export const iaTypes: readonly string[] = IA_TYPES.map((name) => `IA_${name}`);

const NULL_TEXT = 'null';
/** Names of fields and arguments whose numbers are shown in octal. */
const OCTAL_NAMES: ReadonlySet<string> = new Set(['mode', 'umask', 'ia_prot']);

const makeValue = (
  name: string,
  type: string,
  text: string,
  parts: readonly ShownValue[] = [],
): ShownValue => ({
  name: printable(name),
  type,
  text,
  parts,
});

/** Quotes a text for a terminal, and cuts a long one. */
export const quote = (text: string): string =>
  text.length > TEXT_MAX ? `"${printable(text.slice(0, TEXT_MAX))}"…` : `"${printable(text)}"`;

/** Formats an errno as `2 (ENOENT: No such file or directory)`; 0 alone. */
export const formatErrno = (errno: number): string =>
  errno === 0 ? '0' : `${errno} (${errnoName(errno)}: ${strerror(errno)})`;

/** Formats a number by its field's name: a type with its name, permissions in octal. */
function formatNumber(name: string, number: number): string {
  if (name === 'ia_type') return `${number} (${iaTypes[number] ?? 'unknown'})`;
  return OCTAL_NAMES.has(name) && number >= 0 ? `0${number.toString(8)}` : String(number);
}

/** Formats data by its length and its first bytes. */
function formatBytes(bytes: Uint8Array): string {
  const shownBytes = bytes.subarray(0, DATA_MAX);
  const text = Array.from(shownBytes, (byte) => String.fromCharCode(byte)).join('');
  return `${bytes.length} bytes "${printable(text)}"${shownBytes.length < bytes.length ? '…' : ''}`;
}

function showStruct(name: string, type: StructType, content: object): ShownValue {
  const parts = structTypes[type].fields.map(({ member, name: fieldName }) => {
    const field = (content as Record<string, unknown>)[fieldName];
    if (typeof field === 'number') return makeValue(member, 'int', formatNumber(member, field));
    return makeValue(member, 'str', quote(String(field)));
  });
  return makeValue(name, type, summarizeStruct(type, content), parts);
}

/** Summarizes an iatt by type, permissions and size; any other structure by its type's name. */
function summarizeStruct(type: string, content: object): string {
  if (!(content instanceof Iatt)) return type;
  const { iaType, iaProt, iaSize } = content;
  return `${iaTypes[iaType] ?? iaType} 0${iaProt.toString(8)}, ${iaSize} bytes`;
}

function showLoc(name: string, loc: Loc): ShownValue {
  return makeValue(name, 'loc', quote(loc.path), [
    makeValue('path', 'str', quote(loc.path)),
    makeValue('name', 'str', loc.name === null ? NULL_TEXT : quote(loc.name)),
    showInode('inode', loc.inode),
    showInode('parent', loc.parent),
    makeValue('gfid', 'str', quote(loc.gfid)),
    makeValue('pargfid', 'str', quote(loc.pargfid)),
  ]);
}

function showInode(name: string, inode: Inode | null): ShownValue {
  if (inode === null) return makeValue(name, 'inode', NULL_TEXT);
  const { id, gfid, iaType, nlookup, path, linked } = inode;
  return makeValue(name, 'inode', linked ? `inode ${id}` : `inode ${id}, not linked`, [
    makeValue('id', 'int', String(id)),
    makeValue('gfid', 'str', quote(gfid)),
    makeValue('ia_type', 'int', formatNumber('ia_type', iaType)),
    makeValue('nlookup', 'int', String(nlookup)),
    makeValue('path', 'str', quote(path)),
  ]);
}

function showFd(name: string, fd: Fd): ShownValue {
  const { id, flags, pid, isDir, inode } = fd;
  return makeValue(name, 'fd', `fd ${id} of ${quote(inode.path)}`, [
    makeValue('id', 'int', String(id)),
    makeValue('flags', 'int', `0${(flags >>> 0).toString(8)}`),
    makeValue('pid', 'int', String(pid)),
    makeValue('directory', 'bool', String(isDir)),
    showInode('inode', inode),
  ]);
}

function showDict(name: string, dict: Dict): ShownValue {
  const parts: ShownValue[] = [];
  dict.forEach((key, entry, type) => {
    if (parts.length < PARTS_MAX) parts.push(showDictEntry(key, entry, type));
  });
  return makeValue(name, 'dict', `${dict.size} ${dict.size === 1 ? 'key' : 'keys'}`, parts);
}

function showDictEntry(key: string, entry: DictValue, type: string): ShownValue {
  if (typeof entry === 'number') return makeValue(key, type, String(entry));
  if (typeof entry === 'string') return makeValue(key, type, quote(entry));
  if (entry instanceof Uint8Array) return makeValue(key, type, formatBytes(entry));
  return showStruct(key, 'iatt', entry);
}

function showList(name: string, type: string, list: readonly unknown[], depth: number): ShownValue {
  const parts = list.slice(0, PARTS_MAX).map((item, i) => showAny(`[${i}]`, item, depth + 1));
  return makeValue(name, type, `${list.length} ${list.length === 1 ? 'entry' : 'entries'}`, parts);
}

/** Shows an argument, or a part of a reply. */
export function showArgument(
  { name, type }: Pick<Arg, 'name' | 'type'>,
  content: unknown,
): ShownValue {
  if (content === null || content === undefined) return makeValue(name, type, NULL_TEXT);
  let shown: ShownValue;
  if (type === 'int') shown = makeValue(name, type, formatNumber(name, content as number));
  else if (isStructType(type)) shown = showStruct(name, type, content as object);
  else shown = showAny(name, content);
  return { ...shown, type };
}

/**
 * Shows any value of a volume's state: known types in their form, other objects by their own
 * properties, or those that `toJSON` returns.
 */
export function showAny(name: string, content: unknown, depth = 0): ShownValue {
  if (content === null || content === undefined) return makeValue(name, 'null', NULL_TEXT);
  if (typeof content === 'string') return makeValue(name, 'str', quote(content));
  if (typeof content !== 'object')
    return makeValue(name, typeof content, printable(String(content)));
  if (content instanceof Uint8Array) return makeValue(name, 'data', formatBytes(content));
  if (content instanceof Loc) return showLoc(name, content);
  if (content instanceof Inode) return showInode(name, content);
  if (content instanceof Fd) return showFd(name, content);
  if (content instanceof Dict) return showDict(name, content);
  if (content instanceof Iatt) return showStruct(name, 'iatt', content);
  if (Array.isArray(content)) return showList(name, 'list', content, depth);
  const kind = content.constructor?.name ?? 'object';
  const state = 'toJSON' in content ? (content as { toJSON(): object }).toJSON() : content;
  const entries = depth < DEPTH_MAX ? Object.entries(state).slice(0, PARTS_MAX) : [];
  const parts = entries
    .filter(([, part]) => typeof part !== 'function')
    .map(([key, part]) => showAny(key, part, depth + 1));
  return makeValue(name, kind, kind === 'Object' ? 'object' : kind, parts);
}

export const showText = (name: string, text: string): ShownValue =>
  makeValue(name, 'str', quote(text));
export const showInt = (name: string, text: string): ShownValue => makeValue(name, 'int', text);
