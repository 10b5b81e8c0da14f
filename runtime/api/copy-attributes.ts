/** Gives a copy the owner, the mode and the times of another file. */
import { EPERM } from '../core/errno.ts';
import { SET_ATTR } from '../core/fops.ts';
import { IA_IFLNK, type Iatt } from '../core/iatt.ts';
import type { Caller } from './driver-steps.ts';
import type { FileObjectSteps } from './file-object.ts';
import { FopError } from './fop-error.ts';
import type { Steps } from './steps.ts';

/** A file whose attributes can be set: one known by its inode, or an open file. */
export type AttributeTarget = Pick<FileObjectSteps, 'setattr'>;

/** Set-user-id and set-group-id. A copy with another owner does not get them: it would run with that owner's rights. */
const SET_ID_BITS = 0o6000;

/** Sets access and modification time, with nanoseconds. @throws {FopError} */
export function* copyTimes(target: AttributeTarget, buf: Iatt): Steps<void> {
  const { iaAtime, iaAtimeNsec, iaMtime, iaMtimeNsec } = buf;
  const times = { iaAtime, iaAtimeNsec, iaMtime, iaMtimeNsec };
  yield* target.setattr(SET_ATTR.ATIME | SET_ATTR.MTIME, times);
}

/** Sets owner and group if the caller is root, and the mode. @throws {FopError} */
export function* copyOwnerAndMode(
  target: AttributeTarget,
  buf: Iatt,
  { uid, gid }: Caller,
): Steps<void> {
  const isCallersOwn = buf.iaUid === uid && buf.iaGid === gid;
  const hasOwner = isCallersOwn || (uid === 0 && (yield* copyOwner(target, buf)));
  if (buf.iaType === IA_IFLNK) return;
  const iaProt = hasOwner ? buf.iaProt : buf.iaProt & ~SET_ID_BITS;
  yield* target.setattr(SET_ATTR.MODE, { iaProt });
}

/** Sets owner and group. @returns whether the target got them; false where root may not (NFS, user namespaces) */
function* copyOwner(target: AttributeTarget, { iaUid, iaGid }: Iatt): Steps<boolean> {
  try {
    yield* target.setattr(SET_ATTR.UID | SET_ATTR.GID, { iaUid, iaGid });
    return true;
  } catch (error) {
    if (error instanceof FopError && error.errno === EPERM) return false;
    throw error;
  }
}
