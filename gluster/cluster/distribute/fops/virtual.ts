/**
 * Extended attributes that say where something is, and the ones of a directory.
 *
 *     getfattr -n dht.file.hashed-subvol.NAME --only-values DIR     the subvolume that NAME belongs to
 *
 * Source: GlusterFS `dht-common.c` (dht_getxattr, dht_vgetxattr_fill_and_set).
 */
import { decodeName } from '../../../../runtime/core/bytes.ts';
import { Dict } from '../../../../runtime/core/dict.ts';
import { ENODATA, ENOTCONN, EOPNOTSUPP } from '../../../../runtime/core/errno.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { type Directory, type Distribute, NOWHERE } from '../distribute.ts';
import { byStart } from '../layout/layout.ts';
import { errnoOf } from '../sight.ts';
import { type Answer, failure, type Steps, success, type Task } from '../task.ts';

const HASHED = 'dht.file.hashed-subvol.';
const PATHINFOS: ReadonlySet<string> = new Set([
  'glusterfs.pathinfo',
  'trusted.glusterfs.pathinfo',
]);
/** Of a directory, what all children say of it, with spaces between. */
const LISTS: ReadonlySet<string> = new Set([
  'trusted.glusterfs.node-uuid',
  'trusted.glusterfs.list-node-uuids',
]);
/** In front of a name: the entry of a directory that has it in whatever case. */
const REAL_FILENAME = 'glusterfs.get_real_filename:';

type Got = Answer<'getxattr'>;

/** Attributes of ours, which nobody else sets. */
export const isInternal = ({ keys }: Distribute, name: string): boolean =>
  name.startsWith(keys.layout);

const text = (name: string, value: string): Got =>
  success('getxattr', new Dict().set(name, value), null);

const textOf = (dict: Dict | null, name: string): string => {
  const value = dict?.get(name);
  if (value === undefined) return '';
  return (value instanceof Uint8Array ? decodeName(value) : String(value)).replace(/\0+$/, '');
};

/** `getxattr` and `fgetxattr` of a directory. */
export function* getOfDirectory(
  task: Task,
  directory: Directory,
  inode: Inode,
  name: string | null,
  xdata: Dict | null,
): Steps<Got> {
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

function hashedSubvolume(volume: Distribute, { layout }: Directory, name: string): Got {
  const child = layout.search(volume.hash.of(name.slice(HASHED.length)));
  return child === NOWHERE ? failure('getxattr', ENODATA) : text(name, volume.names[child]!);
}

function* pathinfoOf(task: Task, { layout }: Directory, inode: Inode, name: string): Steps<Got> {
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

function* listOf(task: Task, inode: Inode, name: string): Steps<Got> {
  const loc = new Loc(inode);
  const answers = yield* task.each(task.volume.up, 'getxattr', () => [loc, name, null]);
  const there = answers.filter(({ opRet }) => opRet >= 0);
  if (there.length === 0) return failure('getxattr', errnoOf(answers));
  return text(name, there.map(({ values }) => textOf(values[0], name)).join(' '));
}

/** The name may be with any child. One that cannot tell is enough for nobody to know. */
function* realFilename(task: Task, inode: Inode, name: string): Steps<Got> {
  const loc = new Loc(inode);
  const answers = yield* task.each(task.volume.up, 'getxattr', () => [loc, name, null]);
  const unable = answers.find(({ opRet, opErrno }) => opRet < 0 && opErrno === EOPNOTSUPP);
  const found = answers.find(({ opRet }) => opRet >= 0);
  return unable ?? found ?? failure('getxattr', ENODATA);
}

/** From the MDS, or as long as that is away, from another. */
function* getFromOne(
  task: Task,
  { mds }: Directory,
  loc: Loc,
  name: string | null,
  xdata: Dict | null,
): Steps<Got> {
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

/** `getxattr` of a file, where that is no attribute of its own: the answer, or the way to it. */
export function getOfFile(
  { keys }: Distribute,
  name: string | null,
): Got | ((task: Task, loc: Loc, child: number) => Steps<Got>) | undefined {
  if (name === keys.layout || name === keys.mds) return failure('getxattr', EOPNOTSUPP);
  if (name === null || !PATHINFOS.has(name)) return undefined;
  return function* (task, loc, child) {
    const answer = yield* task.one(child, 'getxattr', loc, name, null);
    if (answer.opRet < 0) return answer;
    const own = task.volume.xl.name;
    return text(name, `(<DISTRIBUTE:${own}> ${textOf(answer.values[0], name)})`);
  };
}
