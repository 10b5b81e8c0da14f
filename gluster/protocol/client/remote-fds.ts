/**
 * Maps open files to the brick's fd numbers. Numbers are valid for one connection, so the client
 * reopens its files by gfid after each reconnect.
 * Source: GlusterFS 10 `client-helpers.c`, `client-handshake.c`.
 */
import { constants } from 'node:fs';
import type { Fd } from '../../../runtime/core/fd.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';

const { O_DIRECT } = constants;

/** Fd numbers on the wire: NO_FD for no open file; with ANONYMOUS_FD the brick finds the file by its gfid. */
export const NO_FD = -1;
export const ANONYMOUS_FD = -2;

/** Fops that a brick performs by gfid on a file that is not open there. */
const WORKS_WITHOUT_FD: ReadonlySet<FopName> = new Set<FopName>([
  'readv',
  'writev',
  'fsync',
  'finodelk',
  'fxattrop',
  'copy_file_range',
]);

/** Fops that neither change nor lock a file, so no flush need follow. */
const NEEDS_NO_FLUSH: ReadonlySet<FopName> = new Set<FopName>([
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

let lastSerial = 0;

/** An open file or directory, and its fd number at the brick. */
export class RemoteFd {
  readonly fd: Fd;
  /** Unique in this process; hexadecimal. */
  readonly serial: string;
  /** The brick's fd number; NO_FD while the file is not open there. */
  remote: number;
  /** Whether the file has, or had, locks at the brick. */
  hasLocks = false;
  /** Whether a flush must reach the brick. */
  isChanged = false;
  /** The `PrivilegeDropper.generation` at which set-user-id and set-group-id of the file were clear. */
  clearAtGeneration = 0;
  /** Whether the brick has lost the file's locks, so that the client refuses to use the file. */
  isLost = false;

  constructor(fd: Fd, remote: number) {
    this.fd = fd;
    this.remote = remote;
    lastSerial += 1;
    this.serial = lastSerial.toString(16).padStart(12, '0');
  }
}

export class RemoteFds {
  private readonly xl: Xlator<unknown>;
  private readonly files = new Set<RemoteFd>();
  /** Files that were locked: closing any open file of theirs frees locks of that process. */
  private readonly locked = new WeakSet<Inode>();

  constructor(xl: Xlator<unknown>) {
    this.xl = xl;
  }

  noteOpen(fd: Fd, remote: number): void {
    const known = this.find(fd);
    if (known !== undefined) {
      known.remote = remote;
      return;
    }
    const remoteFd = new RemoteFd(fd, remote);
    fd.ctxSet(this.xl, remoteFd);
    this.files.add(remoteFd);
  }

  find(fd: Fd): RemoteFd | undefined {
    return fd.ctxGet(this.xl) as RemoteFd | undefined;
  }

  /** Chooses the fd number to send; NO_FD if the file cannot be used. @param flags of the request */
  chooseNumber(fop: FopName, fd: Fd, flags: number): number {
    const remoteFd = this.find(fd);
    // Files without an open at the brick are reached by gfid.
    if (remoteFd === undefined) return ANONYMOUS_FD;
    if (remoteFd.isLost) return NO_FD;
    if (!remoteFd.isChanged && !NEEDS_NO_FLUSH.has(fop)) remoteFd.isChanged = true;
    if (fop === 'lk') this.locked.add(fd.inode);
    if (remoteFd.remote >= 0) {
      // fcntl(2) has removed O_DIRECT here, but the brick's fd still has it, and refuses unaligned writes.
      const hasLeftDirect = (fd.flags & ~flags & O_DIRECT) !== 0 && !remoteFd.hasLocks;
      return hasLeftDirect ? ANONYMOUS_FD : remoteFd.remote;
    }
    return WORKS_WITHOUT_FD.has(fop) && !remoteFd.hasLocks ? ANONYMOUS_FD : NO_FD;
  }

  /** Whether a flush need not reach the brick: since it was opened, the file was at most read. */
  needsNoFlush(fd: Fd): boolean {
    const remoteFd = this.find(fd);
    return (
      remoteFd !== undefined &&
      remoteFd.remote >= 0 &&
      !remoteFd.isChanged &&
      !this.locked.has(fd.inode)
    );
  }

  noteRelease(remote: RemoteFd): void {
    this.files.delete(remote);
  }

  /** Forgets all numbers after a lost connection. @param strict whether files that had locks stay closed */
  forgetNumbers(strict: boolean): void {
    for (const each of this.files) {
      each.remote = NO_FD;
      if (each.hasLocks && strict) each.isLost = true;
    }
  }

  /** Lists the files that must be reopened. */
  listClosed(): RemoteFd[] {
    return [...this.files].filter(({ remote, isLost }) => remote < 0 && !isLost);
  }
}
