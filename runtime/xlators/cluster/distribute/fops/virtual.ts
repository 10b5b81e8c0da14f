/**
 * Extended attributes that say where something is, and the ones of a directory.
 *
 *     getfattr -n dht.file.hashed-subvol.NAME --only-values DIR     the subvolume that NAME belongs to
 *
 * Source: GlusterFS `dht-common.c` (dht_getxattr, dht_vgetxattr_fill_and_set).
 */
import { decodeName } from '../../../../core/bytes.ts';
import { Dict } from '../../../../core/dict.ts';
import { EINVAL, ENODATA, ENOTCONN, EOPNOTSUPP } from '../../../../core/errno.ts';
import type { Inode } from '../../../../core/inode.ts';
import { Loc } from '../../../../core/loc.ts';
import { type Directory, type Distribute, NOWHERE } from '../distribute.ts';
import { byStart } from '../layout/layout.ts';
import { errnoOf } from '../sight.ts';
import { type Answer, failure, type Steps, success, type Task } from '../task.ts';

const HASHED = 'dht.file.hashed-subvol.';
const STATUS = 'dht.subvol.status';
export const LINKINFO = 'trusted.distribute.linkinfo';
export const PATHINFOS: ReadonlySet<string> = new Set([
  'glusterfs.pathinfo',
  'trusted.glusterfs.pathinfo',
]);

/** Attributes of ours, which nobody else sets. */
export const isInternal = ({ keys }: Distribute, name: string): boolean =>
  name.startsWith(keys.layout);

const text = (name: string, value: string): Answer<'getxattr'> =>
  success('getxattr', new Dict().set(name, value), null);

export const pathinfo = (volume: Distribute, below: string): string =>
  `(<DISTRIBUTE:${volume.xl.name}> ${below})`;

export const textOf = (dict: Dict | null, name: string): string => {
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
  if (name === STATUS) return text(name, volume.up.length === volume.all.length ? '1' : '0');
  if (name !== null && PATHINFOS.has(name)) {
    return yield* pathinfoOf(task, volume, directory, inode, name);
  }
  if (name !== null && isInternal(volume, name)) return failure('getxattr', EOPNOTSUPP);
  return yield* getFromOne(task, volume, directory, new Loc(inode), name, xdata);
}

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
  const loc = new Loc(inode);
  const answers = yield* task.each(volume.up, 'getxattr', () => [loc, name, null]);
  const there = answers.filter(({ opRet }) => opRet >= 0);
  if (there.length === 0) return failure('getxattr', errnoOf(answers));
  const places = there.map(({ values }) => textOf(values[0], name)).join(' ');
  const pieces = byStart(layout.pieces).map((child) => {
    const { start, stop } = layout.pieces[child]!;
    return `(${volume.names[child]} ${start} ${stop})`;
  });
  const own = volume.xl.name;
  return text(name, `((<DISTRIBUTE:${own}> ${places}) (${own}-layout ${pieces.join(' ')}))`);
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
export function* linkinfo(
  task: Task,
  volume: Distribute,
  loc: Loc,
  cached: number,
): Steps<Answer<'getxattr'>> {
  const hashed = volume.hashed(loc);
  if (hashed === NOWHERE || hashed === cached) return failure('getxattr', EINVAL);
  const [key] = [...PATHINFOS].slice(1);
  const answer = yield* task.own(hashed, 'getxattr', loc, key!, null);
  if (answer.opRet < 0) return answer;
  return text(LINKINFO, textOf(answer.values[0], key!));
}
