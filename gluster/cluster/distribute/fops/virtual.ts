/**
 * Serves virtual xattrs that tell where files are, and the xattrs of directories.
 *
 *     getfattr -n dht.file.hashed-subvol.NAME --only-values DIR     the subvolume that NAME belongs to
 * Source: GlusterFS `dht-common.c` (dht_getxattr, dht_vgetxattr_fill_and_set).
 */
import { decodeName } from '../../../../runtime/core/bytes.ts';
import { Dict } from '../../../../runtime/core/dict.ts';
import { ENODATA, ENOTCONN, EOPNOTSUPP } from '../../../../runtime/core/errno.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { errnoOf } from '../directory-view.ts';
import { type Directory, type Distribute, NOWHERE } from '../distribute.ts';
import { byStart } from '../layout/layout.ts';
import { failure, type Reply, type Steps, success, type Task } from '../task.ts';

const HASHED = 'dht.file.hashed-subvol.';
const PATHINFOS: ReadonlySet<string> = new Set([
  'glusterfs.pathinfo',
  'trusted.glusterfs.pathinfo',
]);
/** Xattrs of a directory that join the values of all children with spaces. */
const LISTS: ReadonlySet<string> = new Set([
  'trusted.glusterfs.node-uuid',
  'trusted.glusterfs.list-node-uuids',
]);
/** The prefix of a name whose entry is sought regardless of case. */
const REAL_FILENAME = 'glusterfs.get_real_filename:';

type XattrReply = Reply<'getxattr'>;

/** Whether an xattr is distribute's own, which clients may not set. */
export const isInternal = ({ keys }: Distribute, name: string): boolean =>
  name.startsWith(keys.layout);

const text = (name: string, value: string): XattrReply =>
  success('getxattr', new Dict().set(name, value), null);

const textOf = (dict: Dict | null, name: string): string => {
  const value = dict?.get(name);
  if (value === undefined) return '';
  return (value instanceof Uint8Array ? decodeName(value) : String(value)).replace(/\0+$/, '');
};

/** Serves `getxattr` and `fgetxattr` of a directory. */
export function* getOfDirectory(
  task: Task,
  directory: Directory,
  inode: Inode,
  name: string | null,
  xdata: Dict | null,
): Steps<XattrReply> {
  const { volume } = task;
  if (name?.startsWith(HASHED)) return hashedSubvolume(volume, directory, name);
  if (name !== null && PATHINFOS.has(name)) {
    return yield* pathinfoOf(task, directory, inode, name);
  }
  if (name !== null && LISTS.has(name)) return yield* listOf(task, inode, name);
  if (name?.startsWith(REAL_FILENAME)) return yield* realFilename(task, inode, name);
  if (name !== null && isInternal(volume, name)) return failure('getxattr', EOPNOTSUPP);
  return yield* getFromOne(task, directory, new Loc(inode), name, xdata);
}

function hashedSubvolume(volume: Distribute, { layout }: Directory, name: string): XattrReply {
  const child = layout.search(volume.hash.of(name.slice(HASHED.length)));
  return child === NOWHERE ? failure('getxattr', ENODATA) : text(name, volume.names[child]!);
}

function* pathinfoOf(
  task: Task,
  { layout }: Directory,
  inode: Inode,
  name: string,
): Steps<XattrReply> {
  const all = yield* listOf(task, inode, name);
  if (all.opRet < 0) return all;
  const places = textOf(all.values[0], name);
  const pieces = byStart(layout.pieces).map((child) => {
    const { start, stop } = layout.pieces[child]!;
    return `(${task.volume.names[child]} ${start} ${stop})`;
  });
  const own = task.volume.xl.name;
  return text(name, `((<DISTRIBUTE:${own}> ${places}) (${own}-layout ${pieces.join(' ')}))`);
}

function* listOf(task: Task, inode: Inode, name: string): Steps<XattrReply> {
  const loc = new Loc(inode);
  const replies = yield* task.each(task.volume.up, 'getxattr', () => [loc, name, null]);
  const there = replies.filter(({ opRet }) => opRet >= 0);
  if (there.length === 0) return failure('getxattr', errnoOf(replies));
  return text(name, there.map(({ values }) => textOf(values[0], name)).join(' '));
}

/** Asks all children; the name is unknown if one of them cannot search. */
function* realFilename(task: Task, inode: Inode, name: string): Steps<XattrReply> {
  const loc = new Loc(inode);
  const replies = yield* task.each(task.volume.up, 'getxattr', () => [loc, name, null]);
  const unable = replies.find(({ opRet, opErrno }) => opRet < 0 && opErrno === EOPNOTSUPP);
  const found = replies.find(({ opRet }) => opRet >= 0);
  return unable ?? found ?? failure('getxattr', ENODATA);
}

/** Reads from the MDS, or from another child while that is away. */
function* getFromOne(
  task: Task,
  { mds }: Directory,
  loc: Loc,
  name: string | null,
  xdata: Dict | null,
): Steps<XattrReply> {
  const order = [...task.volume.all].sort((a, b) => Number(b === mds) - Number(a === mds) || a - b);
  for (const child of order) {
    const answer = yield* task.one(child, 'getxattr', loc, name, xdata);
    if (answer.opRet < 0 && answer.opErrno === ENOTCONN) continue;
    if (answer.opRet < 0 || name !== null) return answer;
    const dict = new Dict();
    answer.values[0]?.forEach((key, value, type) => {
      if (!isInternal(task.volume, key)) dict.set(key, value, type);
    });
    return { opRet: dict.size, opErrno: 0, values: [dict, answer.values[1]] };
  }
  return failure('getxattr', ENOTCONN);
}

/** Serves `getxattr` of a file's virtual xattrs. @returns a reply or its steps; undefined for others */
export function getOfFile(
  { keys }: Distribute,
  name: string | null,
): XattrReply | ((task: Task, loc: Loc, child: number) => Steps<XattrReply>) | undefined {
  if (name === keys.layout || name === keys.mds) return failure('getxattr', EOPNOTSUPP);
  if (name === null || !PATHINFOS.has(name)) return undefined;
  return function* (task, loc, child) {
    const answer = yield* task.one(child, 'getxattr', loc, name, null);
    if (answer.opRet < 0) return answer;
    const own = task.volume.xl.name;
    return text(name, `(<DISTRIBUTE:${own}> ${textOf(answer.values[0], name)})`);
  };
}
