/** Keeps the files of chunks open after their last use, so that the next request needs no open. */
import type { Fd } from '../core/operands.ts';

/** The open file of a chunk, which all its `Chunk` objects share. */
export interface OpenChunk {
  readonly name: string;
  readonly fd: Fd;
  /** Number of `Chunk` objects that use it. */
  userCount: number;
  /** Whether data was written since the last flush. */
  isDirty: boolean;
  /** Whether the name may have another file by now, so that no further open may get this one. */
  isStale: boolean;
}

export class OpenChunks {
  /** The most files that stay open without a user. */
  limit: number;
  /** By name. Unused ones are moved to the end at their last use, so the first unused is the oldest. */
  private readonly byName = new Map<string, OpenChunk>();
  private readonly closeFile: (fd: Fd) => void;

  constructor(limit: number, closeFile: (fd: Fd) => void) {
    this.limit = limit;
    this.closeFile = closeFile;
  }

  get size(): number {
    return this.byName.size;
  }

  /** Finds the open file of a name, and counts one more user. */
  take(name: string): OpenChunk | undefined {
    const found = this.byName.get(name);
    if (found !== undefined) found.userCount += 1;
    return found;
  }

  /** Adds a file that was just opened, with one user. Another open of the name may have been faster: its file is used. */
  add(name: string, fd: Fd): OpenChunk {
    const found = this.byName.get(name);
    if (found !== undefined && found.fd.inode === fd.inode) {
      found.userCount += 1;
      this.closeFile(fd);
      return found;
    }
    // The name has another file now.
    this.forget(name);
    const chunk = { name, fd, userCount: 1, isDirty: false, isStale: false };
    this.byName.set(name, chunk);
    return chunk;
  }

  /** Ends one use. The file stays open, unless it is stale or others were used since. */
  release(chunk: OpenChunk): void {
    chunk.userCount -= 1;
    if (chunk.userCount > 0) return;
    if (chunk.isStale) {
      this.closeFile(chunk.fd);
      return;
    }
    this.byName.delete(chunk.name);
    this.byName.set(chunk.name, chunk);
    this.closeOldest();
  }

  /** Called when the name of a file was removed or replaced: the next open does not get the file. */
  forget(name: string): void {
    const found = this.byName.get(name);
    if (found === undefined) return;
    this.byName.delete(name);
    found.isStale = true;
    if (found.userCount === 0) this.closeFile(found.fd);
  }

  /** Closes all files without a user, and each other one at its last use. */
  close(): void {
    this.limit = 0;
    for (const { name, userCount } of [...this.byName.values()])
      if (userCount === 0) this.forget(name);
  }

  private closeOldest(): void {
    for (const { name, userCount } of this.byName.values()) {
      if (this.byName.size <= this.limit) return;
      if (userCount === 0) this.forget(name);
    }
  }
}
