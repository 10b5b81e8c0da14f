/**
 * The layout of a name's folder, by which it is known where the name belongs. Another client may have
 * changed it: the child that a name is made on is told what it is taken to be, and refuses if it is
 * another one. That costs nothing while it is the same; otherwise the folder is looked at again.
 *
 * Source: GlusterFS `dht-common.c` (dht_set_parent_layout_in_dict, dht_handle_parent_layout_change),
 * `dht-selfheal.c` (dht_refresh_layout).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { Loc } from '../../../../runtime/core/loc.ts';
import { messages } from '../../../../runtime/core/messages.ts';
import { PREOP_FAILED, PREOP_PARENT } from '../../../../runtime/xlators/storage/shared/internal.ts';
import type { Distribute } from '../distribute.ts';
import { again } from '../heal/directory.ts';
import { isSameValue } from '../layout/layout.ts';
import type { Steps, Task } from '../task.ts';

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
