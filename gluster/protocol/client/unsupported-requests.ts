/** Refuses or emulates requests that bricks of GlusterFS cannot perform. `remote-volume.ts` checks each request. */
import type { Dict } from '../../../runtime/core/dict.ts';
import { EINVAL, EIO, EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import { SET_ATTR } from '../../../runtime/core/fops.ts';
import { computeProtAfterChange, type Stack } from '../../../runtime/core/frame.ts';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import { IA_IFREG, Iatt } from '../../../runtime/core/iatt.ts';
import type { Flock } from '../../../runtime/core/lock.ts';
import { Fd, type Loc } from '../../../runtime/core/operands.ts';
import { KILL_PRIV, RENAME_FLAGS } from '../../../runtime/core/xdata.ts';
import type { FileTarget, InternalCalls } from './internal-calls.ts';
import type { Marshal } from './marshal.ts';
import { NO_FD, type RemoteFds } from './remote-fds.ts';

const { MODE, UID, GID } = SET_ATTR;
/** The flag of fallocate(2) that leaves the file's size unchanged. */
const FALLOC_FL_KEEP_SIZE = 1;
/** The mode bits set-user-id and set-group-id. */
const PRIVILEGE_BITS = 0o6000;

const findXdata = (args: readonly unknown[]): Dict | null => args[args.length - 1] as Dict | null;

/** Returns the errno for a request that a GlusterFS brick cannot perform, or would perform differently; else 0. */
export function findUnsupportedErrno(
  { fop, isUnsupported }: Marshal,
  args: readonly unknown[],
): number {
  if (isUnsupported) return EOPNOTSUPP;
  // The brick performs every mode as KEEP_SIZE: data that should be zeroed would remain.
  if (fop === 'fallocate' && ((args[1] as number) & ~FALLOC_FL_KEEP_SIZE) !== 0) return EOPNOTSUPP;
  // The brick ignores the flags: it would replace a file that must stay.
  return fop === 'rename' && findXdata(args)?.number(RENAME_FLAGS) ? EINVAL : 0;
}

/**
 * Makes the name of the xattr whose read cancels a pending lock request of an open file.
 * Source: GlusterFS `xlators/mount/fuse/src/fuse-bridge.c` (fuse_setlk_interrupt_handler).
 */
export const makeInterruptXattr = ({ whence, start, len }: Flock): string =>
  `glusterfs.intrlk.tposix.kblocked.${whence},${start}-${len}`;

/**
 * Whether the request must first clear set-user-id and set-group-id. Root's chown(2) need not: the brick's own chown(2)
 * as root clears the same bits.
 */
export const mustDropPrivileges = (
  { stbufIndex }: Marshal,
  args: readonly unknown[],
  { uid }: Stack,
): boolean => {
  if (findXdata(args)?.number(KILL_PRIV) === undefined) return false;
  // `valid` is the argument after the attributes.
  const isChown = stbufIndex >= 0 && ((args[stbufIndex + 1] as number) & (UID | GID)) !== 0;
  return !isChown || uid !== 0;
};

/**
 * Clears set-user-id and set-group-id before a user who is not the owner changes a file. Remembers
 * for each open file that both bits are clear, until any client sets such a bit.
 */
export class PrivilegeDropper {
  private readonly internalCalls: InternalCalls;
  private readonly fds: RemoteFds;
  /** Counts the changes that may have set a bit. */
  private generation = 1;

  constructor(calls: InternalCalls, fds: RemoteFds) {
    this.internalCalls = calls;
    this.fds = fds;
  }

  /** Notes that this client sets a file's permission bits. */
  noteAttributes(prot: number): void {
    if ((prot & PRIVILEGE_BITS) !== 0) this.generation += 1;
  }

  /** Notes that another client has changed attributes, possibly these bits. */
  noteForeignChange(): void {
    this.generation += 1;
  }

  /**
   * Clears both bits of the file that a request changes. Calls `onCleared` with 0 once they are clear, or with the
   * errno of a failure.
   * @param args the request's arguments
   */
  clearPrivileges(
    args: readonly unknown[],
    caller: Stack,
    onCleared: (errno: number) => void,
  ): void {
    const [target] = args;
    const fd = target instanceof Fd ? this.fds.find(target) : undefined;
    const { generation } = this;
    if (fd?.privilegesClearAtGeneration === generation) {
      onCleared(0);
      return;
    }
    const gfid = target instanceof Fd ? target.inode.gfid : (target as Loc).gfid;
    // A file that is about to be created has no bits.
    if (gfid === NULL_GFID) {
      onCleared(0);
      return;
    }
    const fileTarget: FileTarget = { gfid, remoteNumber: fd?.remoteNumber ?? NO_FD };
    const noteCleared = (errno: number): void => {
      if (errno === 0 && fd !== undefined) fd.privilegesClearAtGeneration = generation;
      onCleared(errno);
    };
    this.internalCalls.stat(fileTarget, (errno, buf) => {
      if (errno !== 0 || buf === null) {
        onCleared(errno || EIO);
        return;
      }
      const clearedProt = computeProtAfterChange(buf, caller);
      if (buf.iaType !== IA_IFREG || clearedProt === buf.iaProt) {
        noteCleared(0);
        return;
      }
      const stbuf = new Iatt();
      stbuf.iaType = buf.iaType;
      stbuf.iaProt = clearedProt;
      this.internalCalls.setattr(fileTarget, stbuf, MODE, noteCleared);
    });
  }
}
