/** Requests of glossa's that bricks of GlusterFS do not know: they are refused, or done by other calls. */
import type { Dict } from '../../../runtime/core/dict.ts';
import { EINVAL, EIO, EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/fd.ts';
import { SET_ATTR } from '../../../runtime/core/fops.ts';
import type { Stack } from '../../../runtime/core/frame.ts';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import { IA_IFREG, Iatt } from '../../../runtime/core/iatt.ts';
import type { Loc } from '../../../runtime/core/loc.ts';
import type { Flock } from '../../../runtime/core/lock.ts';
import { protAfterChange } from '../../../runtime/core/privileges.ts';
import { KILL_PRIV, RENAME_FLAGS } from '../../../runtime/core/xdata.ts';
import { NONE, type RemoteFds } from './fds.ts';
import type { Marshal } from './marshal.ts';
import type { OwnCalls, Whom } from './own-calls.ts';

const { MODE } = SET_ATTR;
const FALLOC_FL_KEEP_SIZE = 1;
const S_ISUID_OR_S_ISGID = 0o6000;

const xdataOf = (given: readonly unknown[]): Dict | null => given[given.length - 1] as Dict | null;

/** The errno of what such a brick cannot do, or would do otherwise than it was asked to. */
export function refusedBy({ fop, isUnknown }: Marshal, given: readonly unknown[]): number {
  if (isUnknown) return EOPNOTSUPP;
  // It takes each mode for KEEP_SIZE: what was to be zeros would stay as it is.
  if (fop === 'fallocate' && ((given[1] as number) & ~FALLOC_FL_KEEP_SIZE) !== 0) return EOPNOTSUPP;
  // It would rename, and replace what was not to be replaced.
  return fop === 'rename' && xdataOf(given)?.number(RENAME_FLAGS) ? EINVAL : 0;
}

/**
 * The name of an attribute of an open file: who asks for it says that nobody waits for this lock any more.
 * Source: GlusterFS `xlators/mount/fuse/src/fuse-bridge.c` (fuse_setlk_interrupt_handler).
 */
export const interruptOf = ({ whence, start, len }: Flock): string =>
  `glusterfs.intrlk.tposix.kblocked.${whence},${start}-${len}`;

/** Whether a file is to lose set-user-id and set-group-id first. */
export const killsPrivileges = (given: readonly unknown[]): boolean =>
  xdataOf(given)?.number(KILL_PRIV) !== undefined;

/**
 * Takes set-user-id and set-group-id from files, before others than their owners change them. What an
 * open file was found to be it is taken to be until somebody sets such a bit.
 */
export class Privileges {
  private readonly calls: OwnCalls;
  private readonly fds: RemoteFds;
  /** How often a bit was set, as far as we have heard. */
  private settings = 1;

  constructor(calls: OwnCalls, fds: RemoteFds) {
    this.calls = calls;
    this.fds = fds;
  }

  /** To be told of every change of attributes. */
  attributesSet(prot: number): void {
    if ((prot & S_ISUID_OR_S_ISGID) !== 0) this.settings += 1;
  }

  /** Somebody else has changed attributes. */
  othersChanged(): void {
    this.settings += 1;
  }

  /** Calls `next` when there is nothing to lose any more, or with the errno of what has failed. */
  kill(given: readonly unknown[], caller: Stack, next: (errno: number) => void): void {
    const [what] = given;
    const fd = what instanceof Fd ? this.fds.of(what) : undefined;
    const { settings } = this;
    if (fd?.plainSince === settings) {
      next(0);
      return;
    }
    const gfid = what instanceof Fd ? what.inode.gfid : (what as Loc).gfid;
    // What is about to be made has nothing to lose.
    if (gfid === NULL_GFID) {
      next(0);
      return;
    }
    const whom: Whom = { gfid, remote: fd?.remote ?? NONE };
    const done = (errno: number): void => {
      if (errno === 0 && fd !== undefined) fd.plainSince = settings;
      next(errno);
    };
    this.calls.stat(whom, (errno, buf) => {
      if (errno !== 0 || buf === null) {
        next(errno || EIO);
        return;
      }
      const kept = protAfterChange(buf, caller);
      if (buf.iaType !== IA_IFREG || kept === buf.iaProt) {
        done(0);
        return;
      }
      const stbuf = new Iatt();
      stbuf.iaType = buf.iaType;
      stbuf.iaProt = kept;
      this.calls.setattr(whom, stbuf, MODE, done);
    });
  }
}
