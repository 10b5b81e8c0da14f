/**
 * Extended attributes that say where something is, and the ones of a directory.
 *
 *     getfattr -n dht.file.hashed-subvol.NAME --only-values DIR     the subvolume that NAME belongs to
 *
 * Source: GlusterFS `dht-common.c` (dht_getxattr, dht_vgetxattr_fill_and_set).
 */
import { decodeName } from '../../../../runtime/core/bytes.ts';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EINVAL, ENODATA, ENOTCONN, EOPNOTSUPP } from '../../../../runtime/core/errno.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { type Directory, type Distribute, NOWHERE } from '../distribute.ts';
import { byStart } from '../layout/layout.ts';
import { errnoOf } from '../sight.ts';
import { type Answer, failure, type Steps, success, type Task } from '../task.ts';

const HASHED = 'dht.file.hashed-subvol.';
const STATUS = 'dht.subvol.status';
const LINKINFO = 'trusted.distribute.linkinfo';
const PATHINFO = 'trusted.glusterfs.pathinfo';
const PATHINFOS: ReadonlySet<string> = new Set(['glusterfs.pathinfo', PATHINFO]);
/** Of a directory, what all children say of it, with spaces between. */
const LISTS: ReadonlySet<string> = new Set([
  'trusted.glusterfs.node-uuid',
  'trusted.glusterfs.list-node-uuids',
]);
/** In front of a name: the entry of a directory that has it in whatever case. */
const REAL_FILENAME = 'glusterfs.get_real_filename:';

/** Attributes of ours, which nobody else sets. */
export const isInternal = ({ keys }: Distribute, name: string): boolean =>
  name.startsWith(keys.layout);

const text = (name: string, value: string): Answer<'getxattr'> =>
  success('getxattr', new Dict().set(name, value), null);

const textOf = (dict: Dict | null, name: string): string => {
  const value = dict?.get(name);
  if (value === undefined) return '';
  return (value instanceof Uint8Array ? decodeName(value) : String(value)).replace(/\0+$/, '');
};

/** `getxattr` and `fgetxattr` of a directory. */
export function* getOfDirectory(
  task: Task,
  volume: Distribute,
  directory: Directory,
  inode: Inode,
  name: string | null,
  xdata: Dict | null,
): Steps<Answer<'getxattr'>> {
  if (name?.startsWith(HASHED)) return hashedSubvolume(volume, directory, name);
  if (name === STATUS) return status(volume);
  if (name !== null && PATHINFOS.has(name)) {
    return yield* pathinfoOf(task, volume, directory, inode, name);
  }
  if (name !== null && LISTS.has(name)) return yield* listOf(task, volume, inode, name);
  if (name?.startsWith(REAL_FILENAME)) return yield* realFilename(task, volume, inode, name);
  if (name !== null && isInternal(volume, name)) return failure('getxattr', EOPNOTSUPP);
  return yield* getFromOne(task, volume, directory, new Loc(inode), name, xdata);
}

const status = (volume: Distribute): Answer<'getxattr'> =>
  text(STATUS, volume.up.length === volume.all.length ? '1' : '0');

function hashedSubvolume(
  volume: Distribute,
  { layout }: Directory,
  name: string,
): Answer<'getxattr'> {
  const child = layout.search(volume.hash.of(name.slice(HASHED.length)));
  return child === NOWHERE ? failure('getxattr', ENODATA) : text(name, volume.names[child]!);
}

function* pathinfoOf(
  task: Task,
  volume: Distribute,
  { layout }: Directory,
  inode: Inode,
  name: string,
): Steps<Answer<'getxattr'>> {
  const all = yield* listOf(task, volume, inode, name);
  if (all.opRet < 0) return all;
  const places = textOf(all.values[0], name);
  const pieces = byStart(layout.pieces).map((child) => {
    const { start, stop } = layout.pieces[child]!;
    return `(${volume.names[child]} ${start} ${stop})`;
  });
  const own = volume.xl.name;
  return text(name, `((<DISTRIBUTE:${own}> ${places}) (${own}-layout ${pieces.join(' ')}))`);
}

function* listOf(
  task: Task,
  volume: Distribute,
  inode: Inode,
  name: string,
): Steps<Answer<'getxattr'>> {
  const loc = new Loc(inode);
  const answers = yield* task.each(volume.up, 'getxattr', () => [loc, name, null]);
  const there = answers.filter(({ opRet }) => opRet >= 0);
  if (there.length === 0) return failure('getxattr', errnoOf(answers));
  return text(name, there.map(({ values }) => textOf(values[0], name)).join(' '));
}

/** The name may be with any child. One that cannot tell is enough for nobody to know. */
function* realFilename(
  task: Task,
  volume: Distribute,
  inode: Inode,
  name: string,
): Steps<Answer<'getxattr'>> {
  const loc = new Loc(inode);
  const answers = yield* task.each(volume.up, 'getxattr', () => [loc, name, null]);
  const unable = answers.find(({ opRet, opErrno }) => opRet < 0 && opErrno === EOPNOTSUPP);
  const found = answers.find(({ opRet }) => opRet >= 0);
  return unable ?? found ?? failure('getxattr', ENODATA);
}

/** From the MDS, or as long as that is away, from another. */
function* getFromOne(
  task: Task,
  volume: Distribute,
  { mds }: Directory,
  loc: Loc,
  name: string | null,
  xdata: Dict | null,
): Steps<Answer<'getxattr'>> {
  const order = [...volume.all].sort((a, b) => Number(b === mds) - Number(a === mds) || a - b);
  for (const child of order) {
    const answer = yield* task.one(child, 'getxattr', loc, name, xdata);
    if (answer.opRet < 0 && answer.opErrno === ENOTCONN) continue;
    if (answer.opRet < 0 || name !== null) return answer;
    const dict = new Dict();
    answer.values[0]?.forEach((key, value, type) => {
      if (!isInternal(volume, key)) dict.set(key, value, type);
    });
    return { opRet: dict.size, opErrno: 0, values: [dict, answer.values[1]] };
  }
  return failure('getxattr', ENOTCONN);
}

/** Where the linkto of a file is. */
function* linkinfo(
  task: Task,
  volume: Distribute,
  loc: Loc,
  cached: number,
): Steps<Answer<'getxattr'>> {
  const hashed = volume.hashed(loc);
  if (hashed === NOWHERE || hashed === cached) return failure('getxattr', EINVAL);
  const answer = yield* task.own(hashed, 'getxattr', loc, PATHINFO, null);
  if (answer.opRet < 0) return answer;
  return text(LINKINFO, textOf(answer.values[0], PATHINFO));
}

type Got = Answer<'getxattr'>;
type OfFile = (task: Task, volume: Distribute, loc: Loc, child: number) => Steps<Got>;

const pathinfoOfFile = (name: string): OfFile =>
  function* (task, volume, loc, child) {
    const answer = yield* task.one(child, 'getxattr', loc, name, null);
    if (answer.opRet < 0) return answer;
    return text(name, `(<DISTRIBUTE:${volume.xl.name}> ${textOf(answer.values[0], name)})`);
  };

const OF_FILE: ReadonlyMap<string, OfFile> = new Map<string, OfFile>([
  ...[...PATHINFOS].map((name): [string, OfFile] => [name, pathinfoOfFile(name)]),
  [LINKINFO, linkinfo],
]);

/** `getxattr` of a file, where that is no attribute of its own: the answer, or the way to it. */
export function getOfFile(volume: Distribute, name: string | null): Got | OfFile | undefined {
  const { keys } = volume;
  if (name === null) return undefined;
  if (name === STATUS) return status(volume);
  if (name === keys.layout || name === keys.mds) return failure('getxattr', EOPNOTSUPP);
  return OF_FILE.get(name);
}
