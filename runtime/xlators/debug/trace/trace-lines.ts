/**
 * Formats the lines of debug/trace, for requests and replies, by the table of fops. Each argument and each field of
 * a reply is formatted by its type, and a few integers (mode, cmd, type) by their name.
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
import { type Arg, type ArgType, type FopRow, SET_ATTR } from '../../../core/fops.ts';
import { LEASE_FIELDS, STATVFS_FIELDS } from '../../../core/gen/fields.gen.ts';
import { type Gfid, NULL_GFID } from '../../../core/gfid.ts';
import type { Dirent, Iatt, Statvfs } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import {
  ENTRYLK_UNLOCK,
  entrylkTypeName,
  type Flock,
  flockTypeName,
  type Lease,
  lockCommandName,
} from '../../../core/lock.ts';
import { printable } from '../../../core/log.ts';
import type { Fd, Loc } from '../../../core/operands.ts';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const padTwo = (number: number): string => String(number).padStart(2, '0');

/** Formats a time as `Nov 20 06:38`, in UTC. */
function formatDate(seconds: number): string {
  const date = new Date(seconds * 1000);
  // A storage may return seconds beyond any date: these are shown as a number.
  if (Number.isNaN(date.getTime())) return String(seconds);
  const day = `${MONTHS[date.getUTCMonth()]} ${padTwo(date.getUTCDate())}`;
  return `${day} ${padTwo(date.getUTCHours())}:${padTwo(date.getUTCMinutes())}`;
}

/** Formats attributes as GlusterFS's trace does. */
export function formatIatt(buf: Iatt): string {
  const { iaAtime, iaMtime, iaCtime } = buf;
  return (
    `gfid=${buf.iaGfid} ino=${buf.iaIno}, mode=${buf.mode.toString(8)}, nlink=${buf.iaNlink}, ` +
    `uid=${buf.iaUid}, gid=${buf.iaGid}, size=${buf.iaSize}, blocks=${buf.iaBlocks}, ` +
    `atime=${formatDate(iaAtime)} mtime=${formatDate(iaMtime)} ctime=${formatDate(iaCtime)} ` +
    `atime_sec=${iaAtime}, atime_nsec=${buf.iaAtimeNsec}, ` +
    `mtime_sec=${iaMtime}, mtime_nsec=${buf.iaMtimeNsec}, ` +
    `ctime_sec=${iaCtime}, ctime_nsec=${buf.iaCtimeNsec}`
  );
}

const formatFields = (prefix: string, fields: readonly string[], values: object): string =>
  fields.map((key) => `${prefix}${key}=${(values as Record<string, unknown>)[key]}`).join(', ');

const formatFlock = ({ type, whence, start, len, pid }: Flock): string =>
  `l_type=${flockTypeName(type)}, l_whence=${whence}, l_start=${start}, l_len=${len}, l_pid=${pid}`;

/**
 * Formatters of an argument, or a field of a reply, by its type. The gfid of a loc stands at the start of the line, so
 * only its path is here: `oldloc` becomes `oldpath`.
 */
const partFormatters: { readonly [T in ArgType]: (name: string, value: never) => string } = {
  loc: (name, { path }: Loc) => `${name.replace('loc', 'path')}=${printable(path)}`,
  inode: (name, { gfid }: Inode) => `${name}=${gfid}`,
  fd: (name, { id }: Fd) => `${name}=${id}`,
  iatt: (name, buf: Iatt) => `*${name}={${formatIatt(buf)}}`,
  dict: (name, dict: Dict) => `${name}={${[...dict.keys()].map(printable).join(', ')}}`,
  str: (name, text: string) => `${name}=${printable(text)}`,
  int: (name, number: number) => `${name}=${number}`,
  data: (name, { length }: Uint8Array) => `${name === 'vector' ? 'size' : name}=${length}`,
  entries: (name, { length }: readonly Dirent[]) => `${name}=${length}`,
  statvfs: (_name, buf: Statvfs) => `{${formatFields('f_', STATVFS_FIELDS, buf)}}`,
  flock: (_name, flock: Flock) => `{${formatFlock(flock)}}`,
  lease: (_name, lease: Lease) => `{${formatFields('', LEASE_FIELDS, lease)}}`,
  locklist: (name, { length }: readonly Flock[]) => `${name}=${length}`,
};

const formatOctal = (name: string, number: number): string => `${name}=0${number.toString(8)}`;
const formatEntrylkCommand = (cmd: number): string =>
  cmd === ENTRYLK_UNLOCK ? 'ENTRYLK_UNLOCK' : 'ENTRYLK_LOCK';

/** Formatters of integers that are bits or commands, by the argument's name. */
const numberFormatters: Readonly<
  Record<string, (name: string, value: number, fop: string) => string>
> = {
  mode: formatOctal,
  umask: formatOctal,
  mask: formatOctal,
  cmd: (_name, cmd, fop) =>
    `cmd=${fop.endsWith('entrylk') ? formatEntrylkCommand(cmd) : lockCommandName(cmd)}`,
  type: (_name, type) => `type=${entrylkTypeName(type)}`,
};

/** Formats an argument, or a field of a reply. */
function formatPart(fop: string, { name, type }: Arg, value: unknown): string {
  const specialFormatter = type === 'int' ? numberFormatters[name] : undefined;
  return specialFormatter === undefined
    ? partFormatters[type](name, value as never)
    : specialFormatter(name, value as number, fop);
}

/** Formatters of the attributes that a setattr changes, each with its bit in `valid`. */
const CHANGE_FORMATTERS: readonly (readonly [bit: number, format: (buf: Iatt) => string])[] = [
  [SET_ATTR.MODE, (buf) => `mode=${buf.mode.toString(8)}`],
  [SET_ATTR.UID, ({ iaUid }) => `uid=${iaUid}`],
  [SET_ATTR.GID, ({ iaGid }) => `gid=${iaGid}`],
  [SET_ATTR.SIZE, ({ iaSize }) => `size=${iaSize}`],
  [SET_ATTR.ATIME, ({ iaAtime }) => `ia_atime=${formatDate(iaAtime)}`],
  [SET_ATTR.MTIME, ({ iaMtime }) => `ia_mtime=${formatDate(iaMtime)}`],
  [SET_ATTR.CTIME, ({ iaCtime }) => `ia_ctime=${formatDate(iaCtime)}`],
  [SET_ATTR.ATIME_NOW, () => 'ia_atime=now'],
  [SET_ATTR.MTIME_NOW, () => 'ia_mtime=now'],
];

/** Formats the attributes that a setattr changes; `valid` has the bits of these. */
const formatChanges = (buf: Iatt, valid: number): string =>
  CHANGE_FORMATTERS.flatMap(([bit, format]) => ((valid & bit) === 0 ? [] : [format(buf)])).join(
    ', ',
  );

function getArgumentGfid(type: ArgType, value: unknown): Gfid {
  return type === 'loc' ? (value as Loc).gfid : (value as Fd).inode.gfid;
}

/** Returns the gfid of a request's first loc or fd; null if it has neither. */
export function findRequestGfid({ args }: FopRow, values: readonly unknown[]): Gfid | null {
  const index = args.findIndex(({ type }) => type === 'loc' || type === 'fd');
  return index < 0 ? null : getArgumentGfid(args[index]!.type, values[index]);
}

/** Whether an argument or field is shown: all but xdata and null. */
const isShown = ({ name }: Arg, value: unknown): boolean => name !== 'xdata' && value != null;

/** Formats a request. @param unique the number of its call stack */
export function formatRequest(row: FopRow, unique: number, values: readonly unknown[]): string {
  const { args, name } = row;
  if (args[0]?.name === 'oldloc') {
    const [oldLoc, newLoc] = values as [Loc, Loc];
    return (
      `${unique}: oldgfid=${oldLoc.gfid} oldpath=${printable(oldLoc.path)} --> ` +
      `newgfid=${newLoc.gfid} newpath=${printable(newLoc.path)}`
    );
  }
  const gfid = findRequestGfid(row, values);
  const texts = args.flatMap((arg, index) => {
    // The next argument after `stbuf` is `valid`: both together are shown as changes.
    if (!isShown(arg, values[index]) || arg.name === 'valid') return [];
    if (arg.name !== 'stbuf') return [formatPart(name, arg, values[index])];
    return [formatChanges(values[index] as Iatt, values[index + 1] as number)];
  });
  return `${unique}: ${gfid === null ? '' : `gfid=${gfid} `}${texts.join(', ')}`;
}

/** Returns the gfid in a reply's attributes; null if the reply has no attributes. */
function findReplyGfid({ reply }: FopRow, values: readonly unknown[]): Gfid | null {
  const index = reply.findIndex(({ name }) => name === 'buf');
  const buf = index < 0 ? null : (values[index] as Iatt | Statvfs | null);
  return buf !== null && buf !== undefined && 'iaGfid' in buf ? buf.iaGfid : null;
}

/** Formats a reply. @param gfid result of `findRequestGfid`; if it was NULL_GFID (a new inode), the reply's is shown */
export function formatReply(
  row: FopRow,
  unique: number,
  gfid: Gfid | null,
  opRet: number,
  opErrno: number,
  values: readonly unknown[],
): string {
  const shownGfid = gfid === NULL_GFID ? (findReplyGfid(row, values) ?? gfid) : gfid;
  const head = `${unique}: ${shownGfid === null ? '' : `gfid=${shownGfid} `}op_ret=${opRet}`;
  if (opRet < 0) return `${head}, op_errno=${opErrno}`;
  const texts = row.reply.flatMap((arg, index) => {
    // The length of data is shown as op_ret, and the inode as the gfid.
    if (!isShown(arg, values[index]) || arg.type === 'inode' || arg.name === 'vector') return [];
    return [formatPart(row.name, arg, values[index])];
  });
  return [head, ...texts].join(', ');
}

/** Formats a line for each entry of a readdirp that has attributes. */
export function formatEntries(pargfid: Gfid | null, entries: readonly Dirent[]): string[] {
  return entries.flatMap(({ name, stat }, index) => {
    if (stat === null) return [];
    const entry = `entry no. ${index + 1}, pargfid=${pargfid}, bname=${printable(name)}`;
    return [`${entry} *buf={${formatIatt(stat)}}`];
  });
}
