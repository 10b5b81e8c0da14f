/**
 * A name that says where its file is to be made: `NAME@VOLUME:SUBVOLUME` makes NAME, and puts it on
 * SUBVOLUME, with a linkto where it belongs. VOLUME is the name of this volume. For tests and for
 * looking into volumes: caches above know the file by the long name, which is nowhere on a disk.
 *
 * As in GlusterFS only `create` does it, and `lookup` finds such a file by its long name again; other
 * fops take the name as it is. GlusterFS also makes NAME on SUBVOLUME when there is one elsewhere, and
 * then has two; ours is opened where it is.
 *
 * Source: GlusterFS `dht-helper.c` (dht_filter_loc_subvol_key), `dht-common.c` (dht_create, dht_lookup).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { EEXIST, EIO, EISDIR, ENOENT, ESTALE } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { IA_IFDIR } from '../../../../runtime/core/iatt.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { O_EXCL } from '../../../../runtime/core/open-flags.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { isLinkto } from '../linkto.ts';
import { folderOf } from '../merge.ts';
import { type Answer, failure, type Steps, success, type Task } from '../task.ts';
import { makeAside } from './aside.ts';
import { lookupEverywhere } from './everywhere.ts';

type Args = FopTable['create']['args'];
type Created = Answer<'create'>;

/** What such a name says. */
export interface Chosen {
  readonly child: number;
  readonly name: string;
}

/** Null for all other names. */
export function chosenBy(volume: Distribute, name: string | null): Chosen | null {
  const at = name?.lastIndexOf(volume.chosenMark) ?? -1;
  if (at < 0) return null;
  const own = name!.slice(0, at);
  const child = volume.indexOf(name!.slice(at + volume.chosenMark.length));
  // Those two are no names of files.
  if (child === NOWHERE || own === '' || own === '.' || own === '..') return null;
  return { child, name: own };
}

/** Something that has the long name, or a file that was made by it. */
export function* lookupChosen(
  task: Task,
  volume: Distribute,
  loc: Loc,
  xdata: Dict | null,
  { child, name }: Chosen,
): Steps<Answer<'lookup'>> {
  const plain = yield* lookupEverywhere(task, volume, loc, xdata);
  if (plain.opRet >= 0 || (plain.opErrno !== ENOENT && plain.opErrno !== ESTALE)) return plain;
  const { inode } = loc;
  const own = new Loc(inode, loc.parent, name);
  const found = yield* task.one(child, 'lookup', own, volume.fileKeys(xdata));
  const [, buf, reply] = found.values;
  if (found.opRet < 0 || buf === null || buf.iaType === IA_IFDIR) return plain;
  if (isLinkto(buf, reply, volume.keys.linkto)) return plain;
  if (inode?.linked && inode.gfid !== buf.iaGfid) return failure('lookup', ESTALE);
  if (inode !== null) volume.keep(inode, buf.iaGfid, child);
  return found;
}

/** Makes the file where it is wanted. One that is there already is opened, wherever it is. */
export function* createChosen(
  task: Task,
  volume: Distribute,
  [given, flags, mode, umask, fd, xdata]: Args,
  { child, name }: Chosen,
): Steps<Created> {
  const loc = new Loc(given.inode, given.parent, name);
  const there = yield* openThere(task, volume, loc, flags, fd);
  if (there.opRet >= 0 || there.opErrno !== ENOENT) return there;
  const args: Args = [loc, flags, mode, umask, fd, xdata];
  const hashed = volume.hashed(loc);
  if (hashed !== child && hashed !== NOWHERE) {
    return yield* makeAside(task, volume, 'create', args, hashed, child);
  }
  const made = yield* task.one(child, 'create', ...args);
  if (made.opRet < 0) return made;
  const [, inode, buf, preparent, postparent, reply] = made.values;
  const kept = inode ?? loc.inode;
  if (kept !== null && buf !== null) volume.keep(kept, buf.iaGfid, child);
  return success('create', fd, inode, buf, folderOf(preparent), folderOf(postparent), reply);
}

/** Opens a file that was to be created, and is there: where it is has to be looked for. */
export function* openThere(
  task: Task,
  volume: Distribute,
  loc: Loc,
  flags: number,
  fd: Args[4],
): Steps<Created> {
  const found = yield* lookupEverywhere(task, volume, loc, null);
  if (found.opRet < 0) return failure('create', found.opErrno);
  if ((flags & O_EXCL) !== 0) return failure('create', EEXIST);
  const [inode, buf, , postparent] = found.values;
  if (buf?.iaType === IA_IFDIR) return failure('create', EISDIR);
  const child = inode === null ? NOWHERE : volume.cached(inode);
  if (child === NOWHERE) return failure('create', EIO);
  const file = new Loc(inode, loc.parent, loc.name, buf!.iaGfid);
  const opened = yield* task.one(child, 'open', file, flags, fd, null);
  if (opened.opRet < 0) return failure('create', opened.opErrno);
  return success('create', fd, inode, buf, postparent, postparent, null);
}
