/**
 * Detects layouts that another client has changed, for fops that create (`entry-fops.ts`, `mkdir.ts`).
 *
 * The layout of a directory decides which child a name belongs to, and other clients may change it. Therefore a create
 * carries the expected layout. The child refuses it if the layout differs, and the client reads the layout again.
 * Source: GlusterFS `dht-common.c` (dht_set_parent_layout_in_dict, dht_handle_parent_layout_change),
 * `dht-selfheal.c` (dht_refresh_layout).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import { messages } from '../../../../runtime/core/messages.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import {
  PREOP_FAILED,
  PREOP_PARENT,
} from '../../../../runtime/xlators/storage/shared/entry-requests.ts';
import type { Distribute } from '../distribute.ts';
import { lookupAgain } from '../heal/heal-directory.ts';
import { areEncodedPiecesEqual } from '../layout/layout.ts';
import type { Steps, Task } from '../task.ts';

/** Finds a child's piece of the parent's layout, as this client last read it. */
export const findParentPiece = (volume: Distribute, { parent }: Loc, child: number): Uint8Array =>
  volume.findDirectory(parent!)!.layout.getEncodedPiece(child);

/** Adds xdata by which the brick refuses the request if its stored piece differs from this client's. */
export function addLayoutCondition(
  volume: Distribute,
  loc: Loc,
  child: number,
  xdata: Dict | null,
): Dict {
  const key = volume.xattrNames.layout;
  const extendedXdata = xdata?.copy() ?? new Dict();
  return extendedXdata.set(PREOP_PARENT, key).set(key, findParentPiece(volume, loc, child));
}

/** Whether the child refused a request because of `addLayoutCondition`. */
export const isRefusedForLayout = (opRet: number, xdata: Dict | null): boolean =>
  opRet < 0 && xdata?.has(PREOP_FAILED) === true;

/** Reads the layout of a name's parent again. @returns whether the parent exists */
export function* refreshParentLayout(task: Task, loc: Loc): Steps<boolean> {
  const { volume } = task;
  const parent = loc.parent!;
  const oldLayout = volume.findDirectory(parent)?.layout;
  const view = yield* lookupAgain(task, new Loc(parent));
  if (view === null) return false;
  const { layout, mds } = view;
  volume.setLocation(parent, parent.gfid, { layout, mds });
  const hasChanged = volume.children.some(
    (child) =>
      oldLayout !== undefined &&
      !areEncodedPiecesEqual(oldLayout.getEncodedPiece(child), layout.getEncodedPiece(child)),
  );
  if (hasChanged) {
    volume.xl.log.info(`the layout of ${loc.path}'s directory has changed`, {
      msgid: messages.layoutChanged.id,
    });
  }
  return true;
}
