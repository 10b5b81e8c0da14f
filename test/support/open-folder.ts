/** Lists a directory by getdents64(2) and lseek(2), with the offsets as the kernel receives them. */
import { constants } from 'node:fs';
import { O_CLOEXEC, SEEK_SET } from '../../runtime/sys/constants.ts';
import * as libc from '../../runtime/sys/libc.ts';
import { Dirents, toCString } from '../../runtime/sys/struct.ts';

const { O_RDONLY, O_DIRECTORY } = constants;

/** An entry of a directory; `off` continues after it. */
export interface ListedEntry {
  readonly name: string;
  readonly off: bigint;
}

/** An error of a system call. */
export class CallError extends Error {
  readonly errno: number;

  constructor(errno: number) {
    super(`errno ${errno}`);
    this.errno = errno;
  }
}

/** An open directory of a mount, whose server is another process. */
export class OpenFolder {
  private readonly fd: number;
  private readonly dirents: Dirents;

  /** @param bytes the most bytes of one call */
  constructor(path: string, bytes = 600) {
    this.dirents = new Dirents(bytes);
    this.fd = libc.open(toCString(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (this.fd < 0) throw new CallError(-this.fd);
  }

  /** Reads a few entries from the present position, or from `off`. */
  step(off: bigint | null = null): ListedEntry[] {
    const { dirents } = this;
    if (off !== null) libc.lseek64(this.fd, off, SEEK_SET);
    const filled = libc.getdents64(this.fd, dirents.bytes, dirents.bytes.length);
    if (filled < 0) throw new CallError(-filled);
    const entries: ListedEntry[] = [];
    dirents.start(filled);
    while (dirents.next()) {
      const name = Buffer.from(dirents.bytes.subarray(dirents.nameStart, dirents.nameEnd));
      const at = (BigInt(dirents.offHi) << 32n) | BigInt(dirents.offLo);
      entries.push({ name: name.toString(), off: at });
    }
    return entries;
  }

  rest(off: bigint | null = null): ListedEntry[] {
    const entries = this.step(off);
    for (let more = entries; more.length > 0; ) {
      more = this.step();
      entries.push(...more);
    }
    return entries;
  }

  close(): void {
    libc.close(this.fd);
  }
}
