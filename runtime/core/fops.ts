/**
 * Defines the table of file operations (fops). `npm run gen` generates types, stubs and reference pages from it.
 *
 * A row has GlusterFS's number, the method's name, its arguments (after `frame, xl`) and reply (after
 * `opRet, opErrno`), each as `name:type`. `?` marks a nullable argument. Every object in a reply is nullable, but a
 * mount fails a success without those marked `!` with EIO. C's (vector, count, iobref) is one argument, `vector`.
 *
 * Source: GlusterFS `glusterfs-fops.h`, `generator.py`. CONTRIBUTING.md has the steps of a new fop or argument.
 */
import type { FopName } from './gen/fops.gen.ts';

/** Types of arguments. Numbers are exact integers below 2^53. */
export const argTypes = [
  'loc',
  'inode',
  'fd',
  'iatt',
  'dict',
  'str',
  'int',
  'data',
  'entries',
  'statvfs',
  'flock',
  'lease',
  'locklist',
] as const;
export type ArgType = (typeof argTypes)[number];

/** An argument of a fop, or a part of its reply. */
export interface Arg {
  readonly name: string;
  readonly type: ArgType;
  readonly nullable: boolean;
  /** Whether a mount fails a success without this part of the reply, with EIO. */
  readonly needed: boolean;
}

/** The meaning of op_ret in a success; it is 0 for fops without this. */
export interface Counts {
  /** The part of the reply whose bytes, entries or keys op_ret counts. */
  readonly part?: string;
  /** The argument that limits op_ret: a number, or data by its length. */
  readonly most?: string;
}

/** The loc arguments whose names the fop creates or removes. */
export interface EntryChange {
  readonly creates?: string;
  readonly removes?: string;
}

/**
 * The route by which a fop carries a file's data, or values computed from it:
 *
 *   bytes     in the vector of readv and writev
 *   past      bypasses those two: the storage copies, makes, removes or sums the data
 *   extents   as the offsets at which there is data
 *   content   in the reply's xdata, where the request's has `CONTENT` (dict.ts)
 */
export type DataRoute = 'bytes' | 'past' | 'extents' | 'content';

/** A row of the table. */
export interface FopRow {
  /** Value of `glusterfs_fop_t`. */
  readonly number: number;
  /** The name of the translator's method. */
  readonly name: string;
  /** GlusterFS's name in statistics, traces and options such as error-gen's `enable`. */
  readonly logName: string;
  readonly args: readonly Arg[];
  readonly reply: readonly Arg[];
  readonly entry: EntryChange;
  /** The meaning of op_ret; null for a fop that returns 0. */
  readonly counts: Counts | null;
  /** The route of data, for `data-guard.ts`; null for a fop that carries no data. */
  readonly data: DataRoute | null;
}

/** The types whose values may be null in a reply. */
const NULLABLE_REPLIES: ReadonlySet<ArgType> = new Set<ArgType>([
  'inode',
  'fd',
  'iatt',
  'dict',
  'str',
  'data',
  'entries',
  'statvfs',
  'flock',
  'lease',
  'locklist',
]);

/** Parses `name:type …`. Dicts are always nullable, other arguments only with a `?`; in a reply all objects are. */
export function parseArgs(spec: string, isReply: boolean): Arg[] {
  if (spec === '') return [];
  return spec.split(' ').map((part) => {
    const [name, typeText] = part.split(':') as [string, string];
    const type = typeText.replace(/[?!]/, '') as ArgType;
    const nullable =
      typeText.endsWith('?') || type === 'dict' || (isReply && NULLABLE_REPLIES.has(type));
    return { name, type, nullable, needed: typeText.endsWith('!') };
  });
}

/** Makes a row. @param more the name that the fop creates or removes, and what differs from most fops */
function defineFop(
  number: number,
  name: string,
  args: string,
  reply: string,
  more: EntryChange & { logName?: string; counts?: Counts; data?: DataRoute } = {},
): FopRow {
  const { logName = name.toUpperCase(), counts = null, data = null, ...entry } = more;
  return {
    number,
    name,
    logName,
    args: parseArgs(args, false),
    reply: parseArgs(reply, true),
    entry,
    counts,
    data,
  };
}

const XDATA = 'xdata:dict';
/** The replies of fops that create a name, change a directory, or change a file. */
const CREATION_REPLY = `inode:inode! buf:iatt! preparent:iatt postparent:iatt ${XDATA}`;
const PARENTS_REPLY = `preparent:iatt postparent:iatt ${XDATA}`;
const CHANGE_REPLY = `prebuf:iatt postbuf:iatt ${XDATA}`;

// biome-ignore format: one fop, one line
export const fops: readonly FopRow[] = [
  defineFop(1, 'stat', `loc:loc ${XDATA}`, `buf:iatt! ${XDATA}`, { data: 'content' }),
  defineFop(2, 'readlink', `loc:loc size:int ${XDATA}`, `path:str! buf:iatt ${XDATA}`, { counts: { part: 'path', most: 'size' } }),
  defineFop(3, 'mknod', `loc:loc mode:int rdev:int umask:int ${XDATA}`, CREATION_REPLY, { creates: 'loc' }),
  defineFop(4, 'mkdir', `loc:loc mode:int umask:int ${XDATA}`, CREATION_REPLY, { creates: 'loc' }),
  defineFop(5, 'unlink', `loc:loc xflag:int ${XDATA}`, PARENTS_REPLY, { removes: 'loc' }),
  defineFop(6, 'rmdir', `loc:loc flags:int ${XDATA}`, PARENTS_REPLY, { removes: 'loc' }),
  defineFop(7, 'symlink', `linkpath:str loc:loc umask:int ${XDATA}`, CREATION_REPLY, { creates: 'loc' }),
  defineFop(8, 'rename', `oldloc:loc newloc:loc ${XDATA}`, `buf:iatt preoldparent:iatt postoldparent:iatt prenewparent:iatt postnewparent:iatt ${XDATA}`, { removes: 'oldloc', creates: 'newloc' }),
  defineFop(9, 'link', `oldloc:loc newloc:loc ${XDATA}`, CREATION_REPLY, { creates: 'newloc' }),
  defineFop(10, 'truncate', `loc:loc offset:int ${XDATA}`, CHANGE_REPLY),
  defineFop(11, 'open', `loc:loc flags:int fd:fd ${XDATA}`, `fd:fd ${XDATA}`),
  defineFop(12, 'readv', `fd:fd size:int offset:int flags:int ${XDATA}`, `vector:data! stbuf:iatt ${XDATA}`, { logName: 'READ', counts: { part: 'vector', most: 'size' }, data: 'bytes' }),
  defineFop(13, 'writev', `fd:fd vector:data offset:int flags:int ${XDATA}`, CHANGE_REPLY, { logName: 'WRITE', counts: { most: 'vector' }, data: 'bytes' }),
  defineFop(14, 'statfs', `loc:loc ${XDATA}`, `buf:statvfs! ${XDATA}`),
  defineFop(15, 'flush', `fd:fd ${XDATA}`, XDATA),
  defineFop(16, 'fsync', `fd:fd datasync:int ${XDATA}`, CHANGE_REPLY),
  defineFop(17, 'setxattr', `loc:loc dict:dict flags:int ${XDATA}`, XDATA),
  defineFop(18, 'getxattr', `loc:loc name:str? ${XDATA}`, `dict:dict! ${XDATA}`, { counts: { part: 'dict' } }),
  defineFop(19, 'removexattr', `loc:loc name:str ${XDATA}`, XDATA),
  defineFop(20, 'opendir', `loc:loc fd:fd ${XDATA}`, `fd:fd ${XDATA}`),
  defineFop(21, 'fsyncdir', `fd:fd datasync:int ${XDATA}`, XDATA),
  defineFop(22, 'access', `loc:loc mask:int ${XDATA}`, XDATA),
  defineFop(23, 'create', `loc:loc flags:int mode:int umask:int fd:fd ${XDATA}`, `fd:fd ${CREATION_REPLY}`, { creates: 'loc' }),
  defineFop(24, 'ftruncate', `fd:fd offset:int ${XDATA}`, CHANGE_REPLY),
  defineFop(25, 'fstat', `fd:fd ${XDATA}`, `buf:iatt! ${XDATA}`),
  defineFop(26, 'lk', `fd:fd cmd:int flock:flock ${XDATA}`, `flock:flock ${XDATA}`),
  defineFop(27, 'lookup', `loc:loc ${XDATA}`, `inode:inode! buf:iatt! ${XDATA} postparent:iatt`, { data: 'content' }),
  defineFop(28, 'readdir', `fd:fd size:int offset:int ${XDATA}`, `entries:entries! ${XDATA}`, { counts: { part: 'entries' } }),
  defineFop(29, 'inodelk', `volume:str loc:loc cmd:int flock:flock ${XDATA}`, XDATA),
  defineFop(30, 'finodelk', `volume:str fd:fd cmd:int flock:flock ${XDATA}`, XDATA),
  defineFop(31, 'entrylk', `volume:str loc:loc basename:str? cmd:int type:int ${XDATA}`, XDATA),
  defineFop(32, 'fentrylk', `volume:str fd:fd basename:str? cmd:int type:int ${XDATA}`, XDATA),
  defineFop(33, 'xattrop', `loc:loc optype:int dict:dict ${XDATA}`, `dict:dict ${XDATA}`),
  defineFop(34, 'fxattrop', `fd:fd optype:int dict:dict ${XDATA}`, `dict:dict ${XDATA}`),
  defineFop(35, 'fgetxattr', `fd:fd name:str? ${XDATA}`, `dict:dict! ${XDATA}`, { counts: { part: 'dict' } }),
  defineFop(36, 'fsetxattr', `fd:fd dict:dict flags:int ${XDATA}`, XDATA),
  defineFop(37, 'rchecksum', `fd:fd offset:int len:int ${XDATA}`, `weak:int strong:data ${XDATA}`, { data: 'past' }),
  defineFop(38, 'setattr', `loc:loc stbuf:iatt valid:int ${XDATA}`, `statpre:iatt statpost:iatt! ${XDATA}`),
  defineFop(39, 'fsetattr', `fd:fd stbuf:iatt valid:int ${XDATA}`, `statpre:iatt statpost:iatt! ${XDATA}`),
  defineFop(40, 'readdirp', `fd:fd size:int offset:int ${XDATA}`, `entries:entries! ${XDATA}`, { counts: { part: 'entries' }, data: 'content' }),
  defineFop(44, 'getspec', 'key:str flags:int', 'spec:str!', { counts: { part: 'spec' } }),
  defineFop(45, 'fremovexattr', `fd:fd name:str ${XDATA}`, XDATA),
  defineFop(46, 'fallocate', `fd:fd mode:int offset:int len:int ${XDATA}`, CHANGE_REPLY, { data: 'past' }),
  defineFop(47, 'discard', `fd:fd offset:int len:int ${XDATA}`, CHANGE_REPLY, { data: 'past' }),
  defineFop(48, 'zerofill', `fd:fd offset:int len:int ${XDATA}`, CHANGE_REPLY, { data: 'past' }),
  defineFop(49, 'ipc', `op:int ${XDATA}`, XDATA),
  defineFop(50, 'seek', `fd:fd offset:int what:int ${XDATA}`, `offset:int ${XDATA}`, { data: 'extents' }),
  defineFop(51, 'lease', `loc:loc lease:lease ${XDATA}`, `lease:lease ${XDATA}`),
  defineFop(53, 'getactivelk', `loc:loc ${XDATA}`, `locklist:locklist ${XDATA}`),
  defineFop(54, 'setactivelk', `loc:loc locklist:locklist ${XDATA}`, XDATA),
  defineFop(55, 'put', `loc:loc mode:int umask:int flags:int vector:data offset:int dict:dict ${XDATA}`, CREATION_REPLY, { creates: 'loc', data: 'past' }),
  defineFop(56, 'icreate', `loc:loc mode:int ${XDATA}`, `inode:inode! buf:iatt! ${XDATA}`),
  defineFop(57, 'namelink', `loc:loc ${XDATA}`, CHANGE_REPLY, { creates: 'loc' }),
  defineFop(58, 'copy_file_range', `fd_in:fd off_in:int fd_out:fd off_out:int len:int flags:int ${XDATA}`, `stbuf:iatt prebuf_dst:iatt postbuf_dst:iatt ${XDATA}`, { counts: { most: 'len' }, data: 'past' }),
];

/**
 * The names of numbers of `glusterfs_fop_t` without a method: callbacks, and COMPOUND, which GlusterFS removed. The
 * statistics list them.
 */
export const numbersWithoutMethod: ReadonlyMap<number, string> = new Map([
  [0, 'NULL'],
  [41, 'FORGET'],
  [42, 'RELEASE'],
  [43, 'RELEASEDIR'],
  [52, 'COMPOUND'],
]);

const byName = new Map(fops.map((fop) => [fop.name, fop]));
const byLogName = new Map(fops.map((fop) => [fop.logName, fop]));

/** Finds the row of a method (`readv`) or of a log name (`READ`, any case). */
export function findFop(name: string): FopRow | undefined {
  return byName.get(name) ?? byLogName.get(name.toUpperCase());
}

/** Finds the fops that carry data by one of these routes. */
export const findFopsByData = (...routes: readonly DataRoute[]): readonly FopName[] =>
  fops.flatMap(({ name, data }) =>
    data !== null && routes.includes(data) ? [name as FopName] : [],
  );

/** `op` of the ipc that asks whether the bricks have features/upcall (GlusterFS's GF_IPC_TARGET_UPCALL). */
export const IPC_UPCALL = 2;

/** Bits of setattr's `valid` (GlusterFS `xlator.h`). A mount sends truncate instead of SIZE. */
export const SET_ATTR = {
  MODE: 0x1,
  UID: 0x2,
  GID: 0x4,
  SIZE: 0x8,
  ATIME: 0x10,
  MTIME: 0x20,
  CTIME: 0x40,
  ATIME_NOW: 0x80,
  MTIME_NOW: 0x100,
} as const;

/** Converts a name of the table to camel case, `fd_in` → `fdIn`, as TypeScript and JavaScript spell it. */
export const toCamelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
