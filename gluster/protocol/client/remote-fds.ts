/**
 * Maps open files to the brick's fd numbers. Numbers are valid for one connection, so the client
 * reopens its files by gfid after each reconnect.
 * Source: GlusterFS 10 `client-helpers.c`, `client-handshake.c`.
 */

import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { O_DIRECT } from '../../../runtime/core/open-flags.ts';
import type { Fd } from '../../../runtime/core/operands.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';

/** Fd numbers on the wire without an open file: NO_FD is refused; for ANONYMOUS_FD the brick uses the file's gfid. */
export const NO_FD = -1;
export const ANONYMOUS_FD = -2;

/** Fops that a brick performs by gfid on a file that is not open there. */
const FOPS_POSSIBLE_BY_GFID: ReadonlySet<FopName> = new Set<FopName>([
  'readv',
  'writev',
  'fsync',
  'finodelk',
  'fxattrop',
  'copy_file_range',
]);

/** Fops that neither change nor lock a file, so no flush need follow. */
const FOPS_NEEDING_NO_FLUSH: ReadonlySet<FopName> = new Set<FopName>([
  'readv',
  'fstat',
  'fgetxattr',
  'flush',
  'fsync',
  'seek',
  'rchecksum',
  'readdir',
  'readdirp',
  'fsyncdir',
]);

/** The serial number of the last `RemoteFd` that this process made. */
let lastSerialNumber = 0;

/** An open file or directory, and its fd number at the brick. */
export class RemoteFd {
  readonly fd: Fd;
  /** Unique in this process; hexadecimal. */
  readonly serial: string;
  /** The brick's fd number; NO_FD while the file is not open there. */
  remoteNumber: number;
  /** Whether the file has, or had, locks at the brick. */
  hasLocks = false;
  /** Whether a flush must reach the brick. */
  needsFlush = false;
  /** The `PrivilegeDropper.generation` at which set-user-id and set-group-id of the file were clear. */
  privilegesClearAtGeneration = 0;
  /** Whether the brick has lost the file's locks, so that the client refuses to use the file. */
  hasLostLocks = false;

  constructor(fd: Fd, remoteNumber: number) {
    this.fd = fd;
    this.remoteNumber = remoteNumber;
    lastSerialNumber += 1;
    this.serial = lastSerialNumber.toString(16).padStart(12, '0');
  }
}

/** The open files of one client. */
export class RemoteFds {
  private readonly xl: Xlator<unknown>;
  private readonly files = new Set<RemoteFd>();
  /** Files that were locked: each close of such a file must reach the brick, as it frees locks of the process. */
  private readonly lockedInodes = new WeakSet<Inode>();

  constructor(xl: Xlator<unknown>) {
    this.xl = xl;
  }

  /** Records the fd number with which the brick has opened, or reopened, a file. */
  noteOpen(fd: Fd, remoteNumber: number): void {
    const knownFd = this.find(fd);
    if (knownFd !== undefined) {
      knownFd.remoteNumber = remoteNumber;
      return;
    }
    const remoteFd = new RemoteFd(fd, remoteNumber);
    fd.ctxSet(this.xl, remoteFd);
    this.files.add(remoteFd);
  }

  /** Finds the record of an open file; undefined if this client has not opened it at the brick. */
  find(fd: Fd): RemoteFd | undefined {
    return fd.ctxGet(this.xl) as RemoteFd | undefined;
  }

  /** Chooses the fd number to send; NO_FD if the file cannot be used. @param flags the request's flags of open(2) */
  chooseNumber(fop: FopName, fd: Fd, flags: number): number {
    const remoteFd = this.find(fd);
    // Files without an open at the brick are reached by gfid.
    if (remoteFd === undefined) return ANONYMOUS_FD;
    if (remoteFd.hasLostLocks) return NO_FD;
    if (!remoteFd.needsFlush && !FOPS_NEEDING_NO_FLUSH.has(fop)) remoteFd.needsFlush = true;
    if (fop === 'lk') this.lockedInodes.add(fd.inode);
    if (remoteFd.remoteNumber >= 0) {
      // fcntl(2) has removed O_DIRECT here, but the brick's fd still has it, and refuses unaligned writes.
      const hasDroppedDirect = (fd.flags & ~flags & O_DIRECT) !== 0 && !remoteFd.hasLocks;
      return hasDroppedDirect ? ANONYMOUS_FD : remoteFd.remoteNumber;
    }
    return FOPS_POSSIBLE_BY_GFID.has(fop) && !remoteFd.hasLocks ? ANONYMOUS_FD : NO_FD;
  }

  /** Whether a flush need not reach the brick: since it was opened, the file was at most read. */
  needsNoFlush(fd: Fd): boolean {
    const remoteFd = this.find(fd);
    return (
      remoteFd !== undefined &&
      remoteFd.remoteNumber >= 0 &&
      !remoteFd.needsFlush &&
      !this.lockedInodes.has(fd.inode)
    );
  }

  /** Forgets a file that its last user has closed. */
  noteRelease(file: RemoteFd): void {
    this.files.delete(file);
  }

  /** Forgets all numbers after a lost connection. @param isStrict whether files that had locks stay closed */
  forgetNumbers(isStrict: boolean): void {
    for (const file of this.files) {
      file.remoteNumber = NO_FD;
      if (file.hasLocks && isStrict) file.hasLostLocks = true;
    }
  }

  /** Lists the files that must be reopened. */
  listFilesToReopen(): RemoteFd[] {
    return [...this.files].filter(
      ({ remoteNumber, hasLostLocks }) => remoteNumber < 0 && !hasLostLocks,
    );
  }
}
