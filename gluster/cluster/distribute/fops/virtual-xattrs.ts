/**
 * Serves getxattr: virtual xattrs with the locations of files, and the stored xattrs of directories.
 *
 *     getfattr -n dht.file.hashed-subvol.NAME --only-values DIR     the subvolume that NAME belongs to
 * Source: GlusterFS `dht-common.c` (dht_getxattr, dht_vgetxattr_fill_and_set).
 */
import { decodeName } from '../../../../runtime/core/bytes.ts';
import { Dict } from '../../../../runtime/core/dict.ts';
import { ENODATA, ENOTCONN, EOPNOTSUPP } from '../../../../runtime/core/errno.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { chooseErrno } from '../directory-view.ts';
import { type Directory, type Distribute, NO_CHILD } from '../distribute.ts';
import { sortByStart } from '../layout/layout.ts';
import { makeFailure, makeSuccess, type Reply, type Steps, type Task } from '../task.ts';

/** The prefix of a directory's virtual xattr whose value is the child of a name's hash; the name follows. */
const HASHED_SUBVOLUME_PREFIX = 'dht.file.hashed-subvol.';
/** Names of the virtual xattr that lists the bricks on which a file is stored, and its paths there. */
const PATHINFO_NAMES: ReadonlySet<string> = new Set([
  'glusterfs.pathinfo',
  'trusted.glusterfs.pathinfo',
]);
/** Xattrs of a directory that join the values of all children with spaces. */
const JOINED_NAMES: ReadonlySet<string> = new Set([
  'trusted.glusterfs.node-uuid',
  'trusted.glusterfs.list-node-uuids',
]);
/** The prefix of a virtual xattr by which Samba finds an entry regardless of case. */
const REAL_FILENAME_PREFIX = 'glusterfs.get_real_filename:';

type XattrReply = Reply<'getxattr'>;

/** Whether an xattr is distribute's own, which clients may not set. */
export const isInternalXattr = ({ xattrNames }: Distribute, name: string): boolean =>
  name.startsWith(xattrNames.layout);

const makeTextReply = (name: string, value: string): XattrReply =>
  makeSuccess('getxattr', new Dict().set(name, value), null);

/** Reads an xattr as text, without a final NUL; '' if it is absent. */
const readText = (dict: Dict | null, name: string): string => {
  const value = dict?.get(name);
  if (value === undefined) return '';
  return (value instanceof Uint8Array ? decodeName(value) : String(value)).replace(/\0+$/, '');
};

/** Serves `getxattr` and `fgetxattr` of a directory. */
export function* getDirectoryXattr(
  task: Task,
  directory: Directory,
  inode: Inode,
  name: string | null,
  xdata: Dict | null,
): Steps<XattrReply> {
  const { volume } = task;
  if (name?.startsWith(HASHED_SUBVOLUME_PREFIX)) return getHashedSubvolume(volume, directory, name);
  if (name !== null && PATHINFO_NAMES.has(name)) {
    return yield* getPathinfo(task, directory, inode, name);
  }
  if (name !== null && JOINED_NAMES.has(name)) return yield* joinValues(task, inode, name);
  if (name?.startsWith(REAL_FILENAME_PREFIX)) return yield* findRealFilename(task, inode, name);
  if (name !== null && isInternalXattr(volume, name)) return makeFailure('getxattr', EOPNOTSUPP);
  return yield* getFromOneChild(task, directory, new Loc(inode), name, xdata);
}

/** Replies with the name of the child that a name in the directory belongs to. */
function getHashedSubvolume(volume: Distribute, { layout }: Directory, name: string): XattrReply {
  const child = layout.findChild(
    volume.nameHash.compute(name.slice(HASHED_SUBVOLUME_PREFIX.length)),
  );
  return child === NO_CHILD
    ? makeFailure('getxattr', ENODATA)
    : makeTextReply(name, volume.childNames[child]!);
}

/** Joins the children's paths of a directory, and adds its layout, in GlusterFS's format. */
function* getPathinfo(
  task: Task,
  { layout }: Directory,
  inode: Inode,
  name: string,
): Steps<XattrReply> {
  const joinedReply = yield* joinValues(task, inode, name);
  if (joinedReply.opRet < 0) return joinedReply;
  const paths = readText(joinedReply.values[0], name);
  const pieceTexts = sortByStart(layout.pieces).map((child) => {
    const { start, stop } = layout.pieces[child]!;
    return `(${task.volume.childNames[child]} ${start} ${stop})`;
  });
  const volumeName = task.volume.xl.name;
  return makeTextReply(
    name,
    `((<DISTRIBUTE:${volumeName}> ${paths}) (${volumeName}-layout ${pieceTexts.join(' ')}))`,
  );
}

/** Reads the xattr from all children that are up, and joins the values with spaces. */
function* joinValues(task: Task, inode: Inode, name: string): Steps<XattrReply> {
  const loc = new Loc(inode);
  const replies = yield* task.windEach(task.volume.upChildren, 'getxattr', () => [loc, name, null]);
  const successes = replies.filter(({ opRet }) => opRet >= 0);
  if (successes.length === 0) return makeFailure('getxattr', chooseErrno(replies));
  return makeTextReply(name, successes.map(({ values }) => readText(values[0], name)).join(' '));
}

/** Sends the request to all children; fails if one of them cannot search. */
function* findRealFilename(task: Task, inode: Inode, name: string): Steps<XattrReply> {
  const loc = new Loc(inode);
  const replies = yield* task.windEach(task.volume.upChildren, 'getxattr', () => [loc, name, null]);
  const refusal = replies.find(({ opRet, opErrno }) => opRet < 0 && opErrno === EOPNOTSUPP);
  const firstSuccess = replies.find(({ opRet }) => opRet >= 0);
  return refusal ?? firstSuccess ?? makeFailure('getxattr', ENODATA);
}

/** Reads from the MDS, or from another child while the MDS is down. */
function* getFromOneChild(
  task: Task,
  { mds }: Directory,
  loc: Loc,
  name: string | null,
  xdata: Dict | null,
): Steps<XattrReply> {
  // The MDS is first; the others follow in their order.
  const orderedChildren = [...task.volume.children].sort(
    (a, b) => Number(b === mds) - Number(a === mds) || a - b,
  );
  for (const child of orderedChildren) {
    const reply = yield* task.windOne(child, 'getxattr', loc, name, xdata);
    if (reply.opRet < 0 && reply.opErrno === ENOTCONN) continue;
    if (reply.opRet < 0 || name !== null) return reply;
    const dict = new Dict();
    reply.values[0]?.forEach((key, value, type) => {
      if (!isInternalXattr(task.volume, key)) dict.set(key, value, type);
    });
    return { opRet: dict.size, opErrno: 0, values: [dict, reply.values[1]] };
  }
  return makeFailure('getxattr', ENOTCONN);
}

/**
 * Finds the handler of `getxattr` for a file's virtual xattr.
 * @returns a refusal, or the steps that make the reply; undefined for stored xattrs
 */
export function findFileXattrHandler(
  { xattrNames }: Distribute,
  name: string | null,
): XattrReply | ((task: Task, loc: Loc, child: number) => Steps<XattrReply>) | undefined {
  if (name === xattrNames.layout || name === xattrNames.mds)
    return makeFailure('getxattr', EOPNOTSUPP);
  if (name === null || !PATHINFO_NAMES.has(name)) return undefined;
  return function* (task, loc, child) {
    const reply = yield* task.windOne(child, 'getxattr', loc, name, null);
    if (reply.opRet < 0) return reply;
    const volumeName = task.volume.xl.name;
    return makeTextReply(name, `(<DISTRIBUTE:${volumeName}> ${readText(reply.values[0], name)})`);
  };
}
