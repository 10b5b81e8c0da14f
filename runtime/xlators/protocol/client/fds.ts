/**
 * Open files, as the brick numbers them: numbers are valid for one connection, so after each new one
 * the files are opened again, by their gfids. Source: GlusterFS 10 `client-helpers.c`, `client-handshake.c`.
 */
import type { Fd } from '../../../core/fd.ts';
import type { FopName } from '../../../core/fops.gen.ts';
import type { Xlator } from '../../../core/xlator.ts';

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

/** An open file of ours. */
export class RemoteFd {
  readonly fd: Fd;
  remote: number;
  /** It has, or had, locks at the brick. */
  hasLocks = false;
  /** Its locks are lost, and nobody may take it for what it was. */
  isLost = false;

  constructor(fd: Fd, remote: number) {
    this.fd = fd;
    this.remote = remote;
  }
}

export class RemoteFds {
  private readonly xl: Xlator<unknown>;
  private readonly all = new Set<RemoteFd>();

  constructor(xl: Xlator<unknown>) {
    this.xl = xl;
  }

  get size(): number {
    return this.all.size;
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

  /** The number to ask with; NONE where it cannot be asked. */
  numberFor(fop: FopName, fd: Fd): number {
    const known = this.of(fd);
    // Files that nobody opened here are asked by their gfid.
    if (known === undefined) return ANONYMOUS;
    if (known.isLost) return NONE;
    if (known.remote >= 0) return known.remote;
    return NEEDS_NO_FD.has(fop) && !known.hasLocks ? ANONYMOUS : NONE;
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
