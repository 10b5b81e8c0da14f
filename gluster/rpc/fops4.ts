/**
 * Lists the fops of the program GlusterFS 4.x v1 (version 400): each fop's procedure number, and the fields of its
 * arguments and reply. Names follow the fop table (`core/fops.ts`): `loc.gfid` is the gfid of the argument `loc`. `fd`
 * stands for two fields, the gfid of the file and the number that the server gave the fd.
 *
 * Rows omit op_ret and op_errno, with which every reply begins. The data of writev, put and readv follows the fields
 * without length or padding. Source: GlusterFS 10 `rpc/xdr/src/{glusterfs4-xdr,glusterfs3-xdr}.x`.
 */
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { type Fields, parseFields } from './fields.ts';

/** A fop on the wire: its number, and the fields of its call and reply. */
export interface WireFop {
  /** The number on the wire, which differs from `glusterfs_fop_t`'s. */
  readonly procedure: number;
  readonly fop: FopName | 'release' | 'releasedir';
  readonly call: Fields;
  readonly reply: Fields;
  /** The message whose fields are followed by data. */
  readonly data: 'call' | 'reply' | null;
}

/** An optional name: a flag that is 0 for no name, then the name or an empty string. */
const OPTIONAL_NAME = 'name.given:u32 name:string';
// Fields that several fops share: of calls, then of replies.
const ENTRYLK_FIELDS = 'cmd:u32 type:u32 basename.given:u64 basename:string volume:string xdata';
const LOCK_FIELDS = 'cmd:u32 flock.type:u32 flock';
const NEW_ENTRY_REPLY = 'xdata buf preparent postparent';
const PRE_POST_REPLY = 'xdata prebuf postbuf';
const DICT_REPLY = 'xdata dict _ _';

// biome-ignore format: one fop, one line
const rows: readonly (readonly [number, WireFop['fop'], call: string, reply: string])[] = [
  [1, 'stat', 'loc.gfid xdata', 'xdata buf'],
  [2, 'readlink', 'loc.gfid size:u32 xdata', 'xdata buf path:string'],
  [3, 'mknod', 'loc.pargfid rdev:u64 mode:u32 umask:u32 loc.name xdata', NEW_ENTRY_REPLY],
  [4, 'mkdir', 'loc.pargfid mode:u32 umask:u32 loc.name xdata', NEW_ENTRY_REPLY],
  [5, 'unlink', 'loc.pargfid loc.name xflag:u32 xdata', 'xdata preparent postparent'],
  [6, 'rmdir', 'loc.pargfid flags:i32 loc.name xdata', 'xdata preparent postparent'],
  [7, 'symlink', 'loc.pargfid loc.name umask:u32 linkpath:string xdata', NEW_ENTRY_REPLY],
  [8, 'rename', 'oldloc.pargfid newloc.pargfid oldloc.name newloc.name xdata', 'xdata buf preoldparent postoldparent prenewparent postnewparent'],
  [9, 'link', 'oldloc.gfid newloc.pargfid newloc.name xdata', NEW_ENTRY_REPLY],
  [10, 'truncate', 'loc.gfid offset:u64 xdata', PRE_POST_REPLY],
  [11, 'open', 'loc.gfid flags:u32 xdata', 'xdata fd:i64'],
  [12, 'readv', 'fd offset:u64 size:u32 flags:u32 xdata', 'stbuf size:u32 xdata'],
  [13, 'writev', 'fd offset:u64 size:u32 flags:u32 xdata', PRE_POST_REPLY],
  [14, 'statfs', 'loc.gfid xdata', 'xdata buf:statvfs'],
  [15, 'flush', 'fd xdata', 'xdata'],
  [16, 'fsync', 'fd datasync:u32 xdata', PRE_POST_REPLY],
  [17, 'setxattr', 'loc.gfid flags:u32 dict xdata', 'xdata'],
  [18, 'getxattr', `loc.gfid ${OPTIONAL_NAME} xdata`, DICT_REPLY],
  [19, 'removexattr', 'loc.gfid name:string xdata', 'xdata'],
  [20, 'opendir', 'loc.gfid xdata', 'xdata fd:i64'],
  [21, 'fsyncdir', 'fd datasync:i32 xdata', 'xdata'],
  [22, 'access', 'loc.gfid mask:u32 xdata', 'xdata'],
  [23, 'create', 'loc.pargfid flags:u32 mode:u32 umask:u32 loc.name xdata', 'xdata buf fd:u64 preparent postparent'],
  [24, 'ftruncate', 'fd offset:u64 xdata', PRE_POST_REPLY],
  [25, 'fstat', 'fd xdata', 'xdata buf'],
  [26, 'lk', `fd ${LOCK_FIELDS} xdata`, 'xdata flock'],
  [27, 'lookup', 'loc.gfid loc.pargfid =0:u32 loc.name xdata', 'xdata buf postparent'],
  [28, 'readdir', 'fd offset:wide size:u32 xdata', 'xdata entries:dirents'],
  [29, 'inodelk', `loc.gfid ${LOCK_FIELDS} volume:string xdata`, 'xdata'],
  [30, 'finodelk', `fd ${LOCK_FIELDS} volume:string xdata`, 'xdata'],
  [31, 'entrylk', `loc.gfid ${ENTRYLK_FIELDS}`, 'xdata'],
  [32, 'fentrylk', `fd ${ENTRYLK_FIELDS}`, 'xdata'],
  [33, 'xattrop', 'loc.gfid optype:u32 dict xdata', DICT_REPLY],
  [34, 'fxattrop', 'fd optype:u32 dict xdata', DICT_REPLY],
  [35, 'fgetxattr', `fd ${OPTIONAL_NAME} xdata`, DICT_REPLY],
  [36, 'fsetxattr', 'fd flags:u32 dict xdata', 'xdata'],
  [37, 'rchecksum', 'fd offset:u64 len:u32 =0:u32 xdata', 'xdata =1:u32 weak:u32 strong:opaque'],
  [38, 'setattr', 'loc.gfid stbuf valid:i32 xdata', 'xdata statpre statpost'],
  [39, 'fsetattr', 'fd stbuf valid:i32 xdata', 'xdata statpre statpost'],
  [40, 'readdirp', 'fd offset:wide size:u32 xdata', 'xdata entries:direntsplus'],
  [41, 'release', 'fd xdata', 'xdata'],
  [42, 'releasedir', 'fd xdata', 'xdata'],
  [43, 'fremovexattr', 'fd name:string xdata', 'xdata'],
  [44, 'fallocate', 'fd mode:u32 offset:u64 len:u64 xdata', PRE_POST_REPLY],
  [45, 'discard', 'fd offset:u64 len:u64 xdata', PRE_POST_REPLY],
  [46, 'zerofill', 'fd offset:u64 len:u64 xdata', PRE_POST_REPLY],
  [47, 'ipc', 'op:i32 xdata', 'xdata'],
  [48, 'seek', 'fd offset:u64 what:i32 xdata', 'xdata offset:u64'],
  [50, 'lease', 'loc.gfid lease xdata', 'xdata lease'],
  [51, 'getactivelk', 'loc.gfid xdata', 'xdata locklist:locks'],
  [52, 'setactivelk', 'loc.gfid locklist:locks xdata', 'xdata'],
  [53, 'icreate', 'loc.gfid mode:u32 xdata', 'xdata buf'],
  [54, 'namelink', 'loc.pargfid loc.name xdata', PRE_POST_REPLY],
  [55, 'put', 'loc.pargfid loc.name mode:u32 umask:u32 flags:u32 offset:u64 size:u32 dict xdata', NEW_ENTRY_REPLY],
  [56, 'copy_file_range', 'fd_in.gfid fd_out.gfid fd_in.remote:i64 fd_out.remote:i64 off_in:u64 off_out:u64 len:u32 flags:u32 xdata', 'xdata stbuf prebuf_dst postbuf_dst'],
];

/** The message of a fop that is followed by data. */
const DATA_MESSAGES: Readonly<Partial<Record<WireFop['fop'], WireFop['data']>>> = {
  writev: 'call',
  put: 'call',
  readv: 'reply',
};

/** Replaces `fd` by the two fields that stand for it on the wire. */
const expandFd = (callRow: string): string => callRow.replace(/\bfd(?= )/, 'fd.gfid fd.remote:i64');

/** Fops by procedure; undefined for unused numbers. */
export const fops4: readonly (WireFop | undefined)[] = rows.reduce<(WireFop | undefined)[]>(
  (table, [procedure, fop, call, reply]) => {
    const data = DATA_MESSAGES[fop] ?? null;
    table[procedure] = {
      procedure,
      fop,
      call: parseFields(expandFd(call)),
      reply: parseFields(reply),
      data,
    };
    return table;
  },
  [],
);

/** Finds a fop's description; every fop that a caller may name has one. */
export const findWireFop = (fop: WireFop['fop']): WireFop => byName.get(fop)!;
const byName = new Map(fops4.filter((row) => row !== undefined).map((row) => [row.fop, row]));
