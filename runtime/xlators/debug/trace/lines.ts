/**
 * Formats the lines of debug/trace, for requests and replies, by the table of fops. The type of a part
 * decides its format, and for a few its name does.
 *
 *     7: gfid=00000000-… path=/a, flags=32769, fd=3
 *     7: gfid=1fd0dee2-… op_ret=0, *buf={gfid=…, ino=…, mode=100644, …}
 *     7: gfid=1fd0dee2-… op_ret=-1, op_errno=2
 *
 * File names come from users, and pass through `printable`.
 *
 * Source: GlusterFS `xlators/debug/trace/src/trace.c`, whose hand-written lines differ in commas and
 * parentheses.
 */
import type { Dict } from '../../../core/dict.ts';
import type { Fd } from '../../../core/fd.ts';
import { type Arg, type ArgType, type FopRow, SET_ATTR } from '../../../core/fops.ts';
import { LEASE_FIELDS, STATVFS_FIELDS } from '../../../core/gen/fields.gen.ts';
import { type Gfid, NULL_GFID } from '../../../core/gfid.ts';
import type { Dirent, Iatt, Statvfs } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import {
  ENTRYLK_UNLOCK,
  entrylkTypeName,
  type Flock,
  flockTypeName,
  type Lease,
  lockCommandName,
} from '../../../core/lock.ts';
import { printable } from '../../../core/log.ts';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const two = (number: number): string => String(number).padStart(2, '0');

/** `Nov 20 06:38`, in UTC. */
function dirent(seconds: number): string {
  const date = new Date(seconds * 1000);
  // A storage may return seconds beyond any date: these are shown as a number.
  if (Number.isNaN(date.getTime())) return String(seconds);
  const day = `${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** Attributes as GlusterFS's trace writes them. */
export function iattText(buf: Iatt): string {
  const { iaAtime, iaMtime, iaCtime } = buf;
  return (
    `gfid=${buf.iaGfid} ino=${buf.iaIno}, mode=${buf.mode.toString(8)}, nlink=${buf.iaNlink}, ` +
    `uid=${buf.iaUid}, gid=${buf.iaGid}, size=${buf.iaSize}, blocks=${buf.iaBlocks}, ` +
    `atime=${dirent(iaAtime)} mtime=${dirent(iaMtime)} ctime=${dirent(iaCtime)} ` +
    `atime_sec=${iaAtime}, atime_nsec=${buf.iaAtimeNsec}, ` +
    `mtime_sec=${iaMtime}, mtime_nsec=${buf.iaMtimeNsec}, ` +
    `ctime_sec=${iaCtime}, ctime_nsec=${buf.iaCtimeNsec}`
  );
}

const pairs = (prefix: string, fields: readonly string[], of: object): string =>
  fields.map((key) => `${prefix}${key}=${(of as Record<string, unknown>)[key]}`).join(', ');

const flockText = ({ type, whence, start, len, pid }: Flock): string =>
  `l_type=${flockTypeName(type)}, l_whence=${whence}, l_start=${start}, l_len=${len}, l_pid=${pid}`;

/** Formats a part by its type; a loc's gfid is at the start of the line. */
const parts: { readonly [T in ArgType]: (name: string, value: never) => string } = {
  loc: (name, { path }: Loc) => `${name.replace('loc', 'path')}=${printable(path)}`,
  inode: (name, { gfid }: Inode) => `${name}=${gfid}`,
  fd: (name, { id }: Fd) => `${name}=${id}`,
  iatt: (name, buf: Iatt) => `*${name}={${iattText(buf)}}`,
  dict: (name, dict: Dict) => `${name}={${[...dict.keys()].map(printable).join(', ')}}`,
  str: (name, text: string) => `${name}=${printable(text)}`,
  int: (name, number: number) => `${name}=${number}`,
  data: (name, { length }: Uint8Array) => `${name === 'vector' ? 'size' : name}=${length}`,
  entries: (name, { length }: readonly Dirent[]) => `${name}=${length}`,
  statvfs: (_name, buf: Statvfs) => `{${pairs('f_', STATVFS_FIELDS, buf)}}`,
  flock: (_name, flock: Flock) => `{${flockText(flock)}}`,
  lease: (_name, lease: Lease) => `{${pairs('', LEASE_FIELDS, lease)}}`,
  locklist: (name, { length }: readonly Flock[]) => `${name}=${length}`,
};

const octal = (name: string, number: number): string => `${name}=0${number.toString(8)}`;
const entrylkCmd = (cmd: number): string =>
  cmd === ENTRYLK_UNLOCK ? 'ENTRYLK_UNLOCK' : 'ENTRYLK_LOCK';

/** Formats numbers with a meaning, by the argument's name. */
const numbers: Readonly<Record<string, (name: string, value: number, fop: string) => string>> = {
  mode: octal,
  umask: octal,
  mask: octal,
  cmd: (_name, cmd, fop) =>
    `cmd=${fop.endsWith('entrylk') ? entrylkCmd(cmd) : lockCommandName(cmd)}`,
  type: (_name, type) => `type=${entrylkTypeName(type)}`,
};

function part(fop: string, { name, type }: Arg, value: unknown): string {
  const special = type === 'int' ? numbers[name] : undefined;
  return special === undefined
    ? parts[type](name, value as never)
    : special(name, value as number, fop);
}

/** Formats only the attributes that a setattr changes. */
const CHANGES: readonly (readonly [bit: number, show: (buf: Iatt) => string])[] = [
  [SET_ATTR.MODE, (buf) => `mode=${buf.mode.toString(8)}`],
  [SET_ATTR.UID, ({ iaUid }) => `uid=${iaUid}`],
  [SET_ATTR.GID, ({ iaGid }) => `gid=${iaGid}`],
  [SET_ATTR.SIZE, ({ iaSize }) => `size=${iaSize}`],
  [SET_ATTR.ATIME, ({ iaAtime }) => `ia_atime=${dirent(iaAtime)}`],
  [SET_ATTR.MTIME, ({ iaMtime }) => `ia_mtime=${dirent(iaMtime)}`],
  [SET_ATTR.CTIME, ({ iaCtime }) => `ia_ctime=${dirent(iaCtime)}`],
  [SET_ATTR.ATIME_NOW, () => 'ia_atime=now'],
  [SET_ATTR.MTIME_NOW, () => 'ia_mtime=now'],
];

const changes = (buf: Iatt, valid: number): string =>
  CHANGES.flatMap(([bit, show]) => ((valid & bit) === 0 ? [] : [show(buf)])).join(', ');

/** Returns the gfid of a loc or an fd. */
function gfidOf(type: ArgType, value: unknown): Gfid {
  return type === 'loc' ? (value as Loc).gfid : (value as Fd).inode.gfid;
}

/** Returns the gfid of a request's first loc or fd; null if it has neither. */
export function subject({ args }: FopRow, values: readonly unknown[]): Gfid | null {
  const at = args.findIndex(({ type }) => type === 'loc' || type === 'fd');
  return at < 0 ? null : gfidOf(args[at]!.type, values[at]);
}

/** Whether a part is shown: not xdata, and not null. */
const shown = ({ name }: Arg, value: unknown): boolean => name !== 'xdata' && value != null;

/** Formats a request. */
export function requestLine(row: FopRow, unique: number, values: readonly unknown[]): string {
  const { args, name } = row;
  if (args[0]?.name === 'oldloc') {
    const [from, to] = values as [Loc, Loc];
    return (
      `${unique}: oldgfid=${from.gfid} oldpath=${printable(from.path)} --> ` +
      `newgfid=${to.gfid} newpath=${printable(to.path)}`
    );
  }
  const gfid = subject(row, values);
  const texts = args.flatMap((arg, at) => {
    if (!shown(arg, values[at]) || arg.name === 'valid') return [];
    if (arg.name !== 'stbuf') return [part(name, arg, values[at])];
    return [changes(values[at] as Iatt, values[at + 1] as number)];
  });
  return `${unique}: ${gfid === null ? '' : `gfid=${gfid} `}${texts.join(', ')}`;
}

/** Returns the gfid in a reply, for a request that did not know it. */
function gfidInReply({ reply }: FopRow, values: readonly unknown[]): Gfid | null {
  const at = reply.findIndex(({ name }) => name === 'buf');
  const buf = at < 0 ? null : (values[at] as Iatt | Statvfs | null);
  return buf !== null && buf !== undefined && 'iaGfid' in buf ? buf.iaGfid : null;
}

/** Formats a reply; `gfid` is the result of `subject`. */
export function replyLine(
  row: FopRow,
  unique: number,
  gfid: Gfid | null,
  opRet: number,
  opErrno: number,
  values: readonly unknown[],
): string {
  const known = gfid === NULL_GFID ? (gfidInReply(row, values) ?? gfid) : gfid;
  const head = `${unique}: ${known === null ? '' : `gfid=${known} `}op_ret=${opRet}`;
  if (opRet < 0) return `${head}, op_errno=${opErrno}`;
  const texts = row.reply.flatMap((arg, at) => {
    // op_ret shows the length of data, and the gfid the inode.
    if (!shown(arg, values[at]) || arg.type === 'inode' || arg.name === 'vector') return [];
    return [part(row.name, arg, values[at])];
  });
  return [head, ...texts].join(', ');
}

/** Formats a line for each entry of a readdirp that has attributes. */
export function entryLines(pargfid: Gfid | null, entries: readonly Dirent[]): string[] {
  return entries.flatMap(({ name, stat }, at) => {
    if (stat === null) return [];
    const entry = `entry no. ${at + 1}, pargfid=${pargfid}, bname=${printable(name)}`;
    return [`${entry} *buf={${iattText(stat)}}`];
  });
}
