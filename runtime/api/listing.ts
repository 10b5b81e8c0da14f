/** Lists directories by the same requests as the kernel. */
import { EIO } from '../core/errno.ts';
import type { Dirent } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { Loc } from '../core/loc.ts';
import { O_RDONLY } from '../core/open-flags.ts';
import { type Driver, FopError } from './driver.ts';

const LISTING_SIZE = 4096;

/** The entries of a directory in its own order, without `.` and `..`. @throws {FopError} */
export async function listEntries(driver: Driver, inode: Inode): Promise<Dirent[]> {
  const fd = driver.newFd(inode, O_RDONLY, true);
  try {
    await driver.expect('opendir', new Loc(inode), fd, null);
    const all: Dirent[] = [];
    for (let off = 0; ; ) {
      const { values } = await driver.expect('readdir', fd, LISTING_SIZE, off, null);
      const entries = (values[0] as readonly Dirent[] | null) ?? [];
      if (entries.length === 0) break;
      for (const entry of entries) all.push(entry);
      const next = entries.at(-1)!.off;
      if (next === off) throw new FopError(EIO, `readdir returned offset ${off} twice`);
      off = next;
    }
    return all.filter(({ name }) => name !== '.' && name !== '..');
  } finally {
    fd.release();
  }
}
