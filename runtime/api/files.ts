/** What is in a file that is open, and in a directory, in as many requests as it takes: as the kernel asks. */
import { EIO } from '../core/errno.ts';
import type { Fd } from '../core/fd.ts';
import type { Dirent } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { Loc } from '../core/loc.ts';
import { O_RDONLY } from '../core/open-flags.ts';
import { type Driver, FopError } from './driver.ts';

/** Bytes that FUSE asks for at once. */
const IO_SIZE = 128 * 1024;
const LISTING_SIZE = 4096;

/** At most `size` bytes, fewer where the file ends. @throws {FopError} */
export async function readAll(
  driver: Driver,
  fd: Fd,
  size: number,
  offset = 0,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const wanted = Math.min(size - length, IO_SIZE);
    const { values } = await driver.expect('readv', fd, wanted, offset + length, 0, null);
    const part = (values[0] as Uint8Array | null) ?? new Uint8Array(0);
    // What the kernel makes of it.
    if (part.length > wanted) throw new FopError(EIO, `readv: ${part.length} bytes for ${wanted}`);
    parts.push(part);
    length += part.length;
    if (part.length < wanted) break;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @returns how many bytes were written: all @throws {FopError} */
export async function writeAll(
  driver: Driver,
  fd: Fd,
  data: Uint8Array,
  offset = 0,
): Promise<number> {
  let at = 0;
  while (at < data.length) {
    const part = data.subarray(at, at + IO_SIZE);
    const { opRet } = await driver.expect('writev', fd, part, offset + at, 0, null);
    if (opRet === 0 || opRet > part.length) {
      throw new FopError(EIO, `writev: op_ret ${opRet} for ${part.length} bytes`);
    }
    at += opRet;
  }
  return at;
}

/** What is in a directory, in the order of its listing, without `.` and `..`. @throws {FopError} */
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
      if (next === off) throw new FopError(EIO, `readdir: the same again after offset ${off}`);
      off = next;
    }
    return all.filter(({ name }) => name !== '.' && name !== '..');
  } finally {
    fd.release();
  }
}

/** Their names, sorted. @throws {FopError} */
export const listNames = async (driver: Driver, inode: Inode): Promise<string[]> =>
  (await listEntries(driver, inode)).map(({ name }) => name).sort();
