/**
 * Files that are made, or opened by a create, on another child than their name belongs to: a linkto there says where.
 *
 * A name belongs where the layout of its folder says. Another client may have changed that: the child that a name is
 * made on is told what the layout is taken to be, and refuses if it is another one. Then the folder is looked at again.
 *
 * Source: GlusterFS `dht-common.c` (dht_create_linkfile_create_cbk, dht_set_parent_layout_in_dict,
 * dht_handle_parent_layout_change), `dht-linkfile.c`, `dht-selfheal.c` (dht_refresh_layout).
 */
import { newGfid } from '../../../../runtime/core/context.ts';
import { Dict } from '../../../../runtime/core/dict.ts';
import { EEXIST, EIO, EISDIR } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, gfidFromBytes } from '../../../../runtime/core/gfid.ts';
import { IA_IFDIR, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { messages } from '../../../../runtime/core/messages.ts';
import { O_EXCL } from '../../../../runtime/core/open-flags.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import { PREOP_FAILED, PREOP_PARENT } from '../../../../runtime/xlators/storage/shared/internal.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { again } from '../heal/directory.ts';
import { chownLinkto, makeLinkto } from '../heal/linkto.ts';
import { isSameValue } from '../layout/layout.ts';
import { type Answer, failure, type Steps, success, type Task } from '../task.ts';
import { lookupEverywhere, onlyIfLinkto } from './everywhere.ts';

export type Making = 'create' | 'mknod' | 'symlink' | 'put';

/** Where things are in arguments and replies. */
export const PLACES = {
  create: { loc: 0, inode: 1, folder: 3 },
  mknod: { loc: 0, inode: 0, folder: 2 },
  symlink: { loc: 1, inode: 0, folder: 2 },
  put: { loc: 0, inode: 0, folder: 2 },
} as const;

/** Makes a linkto where the name belongs, and the file on another child. */
export function* makeAside<N extends Making>(
  task: Task,
  name: N,
  args: FopTable[N]['args'],
  hashed: number,
  child: number,
): Steps<Answer<N>> {
  const place = PLACES[name];
  const loc = args[place.loc] as Loc;
  const xdata = ((args.at(-1) as Dict | null)?.copy() ?? new Dict()) as Dict;
  const gfid = gfidIn(xdata) ?? newGfid(task.volume.xl.context);
  xdata.setGfid(GFID_REQ, gfid);
  const linkto = yield* makeLinkto(task, loc, hashed, child, gfid);
  if (linkto.opRet < 0) return failure(name, linkto.opErrno);
  const given = [...args.slice(0, -1), xdata] as unknown as FopTable[N]['args'];
  const made = yield* task.one(child, name, ...given);
  if (made.opRet < 0) {
    yield* task.own(hashed, 'unlink', loc, 0, onlyIfLinkto());
    return made;
  }
  const [inode, buf] = made.values.slice(place.inode) as [Inode | null, Iatt | null];
  const kept = inode ?? loc.inode;
  if (kept !== null && buf !== null) task.volume.keep(kept, buf.iaGfid, child);
  if (buf !== null) yield* chownLinkto(task, loc, hashed, buf);
  forgetFolder(made.values, place.folder);
  return made;
}

/** It was changed on several children: who wants to know the times that it has come to asks. */
function forgetFolder(values: unknown[], at: number): void {
  values[at] = null;
  values[at + 1] = null;
}

function gfidIn(xdata: Dict): Gfid | undefined {
  const value = xdata.get(GFID_REQ);
  if (value instanceof Uint8Array && value.length === 16) return gfidFromBytes(value);
  return typeof value === 'string' ? value : undefined;
}

/** Opens a file that was to be created, and is there: where it is has to be looked for. */
export function* openThere(
  task: Task,
  loc: Loc,
  flags: number,
  fd: FopTable['create']['args'][4],
): Steps<Answer<'create'>> {
  const found = yield* lookupEverywhere(task, loc, null);
  if (found.opRet < 0) return failure('create', found.opErrno);
  if ((flags & O_EXCL) !== 0) return failure('create', EEXIST);
  const [inode, buf, , postparent] = found.values;
  if (buf?.iaType === IA_IFDIR) return failure('create', EISDIR);
  const child = inode === null ? NOWHERE : task.volume.cached(inode);
  if (child === NOWHERE) return failure('create', EIO);
  const file = new Loc(inode, loc.parent, loc.name, buf!.iaGfid);
  const opened = yield* task.one(child, 'open', file, flags, fd, null);
  if (opened.opRet < 0) return failure('create', opened.opErrno);
  return success('create', fd, inode, buf, postparent, postparent, null);
}

/** What a child has of the layout of a name's folder, as far as we know. */
export const pieceAbove = (volume: Distribute, { parent }: Loc, child: number): Uint8Array =>
  volume.directory(parent!)!.layout.valueOf(child);

/** What is asked of a child, on the condition that we know what it has of the folder's layout. */
export function relyingOn(volume: Distribute, loc: Loc, child: number, xdata: Dict | null): Dict {
  const key = volume.keys.layout;
  const asked = xdata?.copy() ?? new Dict();
  return asked.set(PREOP_PARENT, key).set(key, pieceAbove(volume, loc, child));
}

/** Whether it was refused for that reason. */
export const isRefused = (opRet: number, xdata: Dict | null): boolean =>
  opRet < 0 && xdata?.has(PREOP_FAILED) === true;

/** Looks at the folder of a name again. @returns whether it is there */
export function* lookAbove(task: Task, loc: Loc): Steps<boolean> {
  const { volume } = task;
  const parent = loc.parent!;
  const before = volume.directory(parent)?.layout;
  const now = yield* again(task, new Loc(parent));
  if (now === null) return false;
  const { layout, mds } = now;
  volume.keep(parent, parent.gfid, { layout, mds });
  const isOther = volume.all.some(
    (child) => before !== undefined && !isSameValue(before.valueOf(child), layout.valueOf(child)),
  );
  if (isOther) {
    volume.xl.log.info(`the layout of ${loc.path}'s folder has changed`, {
      msgid: messages.layoutChanged.id,
    });
  }
  return true;
}
