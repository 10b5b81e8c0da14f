/**
 * Open files, as the brick numbers them: numbers are valid for one connection, so after each new one
 * the files are opened again, by their gfids. Source: GlusterFS 10 `client-helpers.c`, `client-handshake.c`.
 */
import { constants } from 'node:fs';
import type { Fd } from '../../../runtime/core/fd.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';

const { O_DIRECT } = constants;

/** Numbers on the wire for no open file, and for the file of the gfid whatever is open. */
export const NONE = -1;
export const ANONYMOUS = -2;

/** What can be asked of a file that is not open at the brick: it needs nothing but the gfid. */
const NEEDS_NO_FD: ReadonlySet<FopName> = new Set<FopName>([
  'readv',
  'writev',
  'fsync',
  'finodelk',
  'fxattrop',
  'copy_file_range',
]);

/** What a flush says nothing about: it neither changes a file nor locks it. */
const LEAVES_AS_IT_IS: ReadonlySet<FopName> = new Set<FopName>([
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

/** An open file of ours. */
export class RemoteFd {
  readonly fd: Fd;
  /** Of this process, as hexadecimal text. */
  readonly serial: string;
  remote: number;
  /** It has, or had, locks at the brick. */
  hasLocks = false;
  /** Something was asked that a flush may be about. */
  isChanged = false;
  /** When it was found to have neither set-user-id nor set-group-id; see `Privileges`. */
  plainSince = 0;
  /** Its locks are lost, and nobody may take it for what it was. */
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
  /** Files that were locked: whichever of its open files somebody closes, his locks go. */
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

  /** The number to ask with; NONE where it cannot be asked. @param flags of what is asked */
  numberFor(fop: FopName, fd: Fd, flags: number): number {
    const known = this.of(fd);
    // Files that nobody opened here are asked by their gfid.
    if (known === undefined) return ANONYMOUS;
    if (known.isLost) return NONE;
    if (!known.isChanged && !LEAVES_AS_IT_IS.has(fop)) known.isChanged = true;
    if (fop === 'lk') this.locked.add(fd.inode);
    if (known.remote >= 0) {
      // At the brick it stays open with O_DIRECT, which refuses the odd end of a file.
      const leftDirect = (fd.flags & ~flags & O_DIRECT) !== 0 && !known.hasLocks;
      return leftDirect ? ANONYMOUS : known.remote;
    }
    return NEEDS_NO_FD.has(fop) && !known.hasLocks ? ANONYMOUS : NONE;
  }

  /** Whether the brick has nothing to do at a flush: it was opened, and read at most. */
  needsNoFlush(fd: Fd): boolean {
    const known = this.of(fd);
    return (
      known !== undefined && known.remote >= 0 && !known.isChanged && !this.locked.has(fd.inode)
    );
  }

  released(remote: RemoteFd): void {
    this.all.delete(remote);
  }

  /** The connection is lost. @param strict files with locks are not to be opened again */
  disconnected(strict: boolean): void {
    for (const each of this.all) {
      each.remote = NONE;
      if (each.hasLocks && strict) each.isLost = true;
    }
  }

  /** Those that are to be opened again. */
  toReopen(): RemoteFd[] {
    return [...this.all].filter(({ remote, isLost }) => remote < 0 && !isLost);
  }
}
