/** Gives a copy the owner, the mode and the times of another file. */
import { EPERM } from '../core/errno.ts';
import { SET_ATTR } from '../core/fops.ts';
import { IA_IFLNK, type Iatt } from '../core/iatt.ts';
import type { Caller } from './driver-steps.ts';
import type { FileObjectSteps } from './file-object.ts';
import { FopError } from './fop-error.ts';

import type { Steps } from './steps.ts';

/** A file whose attributes can be set: an object, or an open file. */
export type Attributed = Pick<FileObjectSteps, 'setattr'>;

/** Set-user-id and set-group-id: of a copy with another owner, they would give other rights. */
const PRIVILEGES = 0o6000;

/** Sets access and modification time, with nanoseconds. @throws {FopError} */
export function* keepTimes(target: Attributed, buf: Iatt): Steps<void> {
  const { iaAtime, iaAtimeNsec, iaMtime, iaMtimeNsec } = buf;
  const times = { iaAtime, iaAtimeNsec, iaMtime, iaMtimeNsec };
  yield* target.setattr(SET_ATTR.ATIME | SET_ATTR.MTIME, times);
}

/** Sets owner and group if the caller is root, and the mode. @throws {FopError} */
export function* keepOwnerAndMode(
  target: Attributed,
  buf: Iatt,
  { uid, gid }: Caller,
): Steps<void> {
  const isOwn = buf.iaUid === uid && buf.iaGid === gid;
  const isKept = isOwn || (uid === 0 && (yield* keepOwner(target, buf)));
  if (buf.iaType === IA_IFLNK) return;
  const iaProt = isKept ? buf.iaProt : buf.iaProt & ~PRIVILEGES;
  yield* target.setattr(SET_ATTR.MODE, { iaProt });
}

/** @returns whether the target has the owner; false where this machine's root is not root */
function* keepOwner(target: Attributed, { iaUid, iaGid }: Iatt): Steps<boolean> {
  try {
    yield* target.setattr(SET_ATTR.UID | SET_ATTR.GID, { iaUid, iaGid });
    return true;
  } catch (error) {
    if (error instanceof FopError && error.errno === EPERM) return false;
    throw error;
  }
}
