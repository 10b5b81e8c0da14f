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

/** Fd numbers on the wire: NONE for no open file, ANONYMOUS for the file of the gfid. */
export const NONE = -1;
export const ANONYMOUS = -2;

/** Fops that a brick performs by gfid on a file that is not open there. */
const NEEDS_NO_FD: ReadonlySet<FopName> = new Set<FopName>([
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

/** An open file of the client. */
export class RemoteFd {
  readonly fd: Fd;
  /** Unique in this process; hexadecimal. */
  readonly serial: string;
  remote: number;
  /** Whether the file has, or had, locks at the brick. */
  hasLocks = false;
  /** Whether a flush must reach the brick. */
  isChanged = false;
  /** The generation at which the file had neither set-user-id nor set-group-id; see `Privileges`. */
  plainSince = 0;
  /** The brick has lost the file's locks, so the client refuses to use it. */
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
  private readonly all = new Set<RemoteFd>();
  /** Files that were locked: closing any open file of theirs frees locks of that process. */
  private readonly locked = new WeakSet<Inode>();

  constructor(xl: Xlator<unknown>) {
    this.xl = xl;
  }

  opened(fd: Fd, remote: number): void {
    const known = this.of(fd);
    if (known !== undefined) {
      known.remote = remote;
      return;
    }
    const made = new RemoteFd(fd, remote);
    fd.ctxSet(this.xl, made);
    this.all.add(made);
  }

  of(fd: Fd): RemoteFd | undefined {
    return fd.ctxGet(this.xl) as RemoteFd | undefined;
  }

  /** The fd number to send; NONE when the file cannot be used. @param flags of the request */
  numberFor(fop: FopName, fd: Fd, flags: number): number {
    const known = this.of(fd);
    // Files without an open at the brick are reached by gfid.
    if (known === undefined) return ANONYMOUS;
    if (known.isLost) return NONE;
    if (!known.isChanged && !NEEDS_NO_FLUSH.has(fop)) known.isChanged = true;
    if (fop === 'lk') this.locked.add(fd.inode);
    if (known.remote >= 0) {
      // The brick still has it open with O_DIRECT, which refuses the odd end of a file.
      const leftDirect = (fd.flags & ~flags & O_DIRECT) !== 0 && !known.hasLocks;
      return leftDirect ? ANONYMOUS : known.remote;
    }
    return NEEDS_NO_FD.has(fop) && !known.hasLocks ? ANONYMOUS : NONE;
  }

  /** Whether a flush may skip the brick: the file was opened, and read at most. */
  needsNoFlush(fd: Fd): boolean {
    const known = this.of(fd);
    return (
      known !== undefined && known.remote >= 0 && !known.isChanged && !this.locked.has(fd.inode)
    );
  }

  released(remote: RemoteFd): void {
    this.all.delete(remote);
  }

  /** Forgets all numbers after a lost connection. @param strict leaves locked files closed */
  disconnected(strict: boolean): void {
    for (const each of this.all) {
      each.remote = NONE;
      if (each.hasLocks && strict) each.isLost = true;
    }
  }

  /** Files that must be reopened. */
  toReopen(): RemoteFd[] {
    return [...this.all].filter(({ remote, isLost }) => remote < 0 && !isLost);
  }
}
