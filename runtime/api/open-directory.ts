/** Lists directories by the fops that a mount winds for the kernel. */
import { EIO } from '../core/errno.ts';
import type { Dirent } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { O_RDONLY } from '../core/open-flags.ts';
import { type Fd, Loc } from '../core/operands.ts';
import type { Driver } from './driver.ts';
import type { DriverSteps } from './driver-steps.ts';
import { FopError } from './fop-error.ts';
import { runSteps, type Steps } from './steps.ts';

/** The requested bytes of a readdir: a page, as the kernel requests. */
const READDIR_BYTES = 4096;
/** The requested bytes of a readdirp, whose entries are larger. */
const READDIRP_BYTES = 65_536;

/** The settings of a listing. */
export interface ListingSettings {
  /** Whether entries have inode and attributes (fop readdirp). */
  readonly withStats?: boolean;
}

/** An open directory. Entries are in the storage's order, without `.` and `..`. */
export class OpenDirectory {
  private readonly driver: DriverSteps;
  private readonly fop: 'readdir' | 'readdirp';
  private readonly replyBytes: number;
  private offset = 0;
  readonly fd: Fd;

  private constructor(driver: DriverSteps, fd: Fd, withStats: boolean) {
    this.driver = driver;
    this.fd = fd;
    this.fop = withStats ? 'readdirp' : 'readdir';
    this.replyBytes = withStats ? READDIRP_BYTES : READDIR_BYTES;
  }

  /** Opens a directory. @throws {FopError} */
  static *open(
    driver: DriverSteps,
    inode: Inode,
    { withStats = false }: ListingSettings = {},
  ): Steps<OpenDirectory> {
    const fd = driver.makeFd(inode, O_RDONLY, true);
    try {
      yield* driver.expect('opendir', new Loc(inode), fd, null);
      return new OpenDirectory(driver, fd, withStats);
    } catch (error) {
      fd.release();
      throw error;
    }
  }

  /** Returns the next entries; none at the end. @throws {FopError} */
  *read(): Steps<readonly Dirent[]> {
    for (;;) {
      const { fop, fd, replyBytes, offset } = this;
      const { values } = yield* this.driver.expect(fop, fd, replyBytes, offset, null);
      const entries = (values[0] as readonly Dirent[] | null) ?? [];
      if (entries.length === 0) return [];
      const nextOffset = entries.at(-1)!.off;
      if (nextOffset === offset) throw new FopError(EIO, `${fop} returned offset ${offset} twice`);
      this.offset = nextOffset;
      const namedEntries = entries.filter(({ name }) => name !== '.' && name !== '..');
      if (namedEntries.length > 0) return namedEntries;
    }
  }

  close(): void {
    this.fd.release();
  }
}

/** Reads all entries of a directory. @throws {FopError} */
export function* readEntries(
  driver: DriverSteps,
  inode: Inode,
  settings?: ListingSettings,
): Steps<Dirent[]> {
  const directory = yield* OpenDirectory.open(driver, inode, settings);
  try {
    const all: Dirent[] = [];
    for (;;) {
      const entries = yield* directory.read();
      if (entries.length === 0) return all;
      for (const entry of entries) all.push(entry);
    }
  } finally {
    directory.close();
  }
}

/** Does as `readEntries`, for a caller that waits for a promise. */
export const listEntries = ({ steps }: Driver, inode: Inode): Promise<Dirent[]> =>
  runSteps(readEntries(steps, inode));
