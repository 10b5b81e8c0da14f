/** Reads and writes an open file by the same requests as the kernel. */
import { concatBytes } from '../core/bytes.ts';
import { EIO } from '../core/errno.ts';
import type { Fd } from '../core/fd.ts';
import type { Iatt } from '../core/iatt.ts';
import { type Driver, FopError } from './driver.ts';

/** The most bytes of a FUSE request. */
const IO_SIZE = 128 * 1024;

export class OpenFile {
  readonly driver: Driver;
  readonly fd: Fd;

  constructor(driver: Driver, fd: Fd) {
    this.driver = driver;
    this.fd = fd;
  }

  /** Reads at most `size` bytes, fewer at the end of the file. @throws {FopError} */
  async read(size = Number.MAX_SAFE_INTEGER, offset = 0): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < size) {
      const wanted = Math.min(size - length, IO_SIZE);
      const at = offset + length;
      const { values } = await this.driver.expect('readv', this.fd, wanted, at, 0, null);
      const part = (values[0] as Uint8Array | null) ?? new Uint8Array(0);
      if (part.length > wanted)
        throw new FopError(EIO, `readv: ${part.length} bytes for ${wanted}`);
      parts.push(part);
      length += part.length;
      if (part.length < wanted) break;
    }
    return concatBytes(parts);
  }

  /** Writes all of the data. @returns its length. @throws {FopError} */
  async write(data: Uint8Array, offset = 0): Promise<number> {
    let at = 0;
    while (at < data.length) {
      const part = data.subarray(at, at + IO_SIZE);
      const { opRet } = await this.driver.expect('writev', this.fd, part, offset + at, 0, null);
      if (opRet === 0 || opRet > part.length) {
        throw new FopError(EIO, `writev: op_ret ${opRet} for ${part.length} bytes`);
      }
      at += opRet;
    }
    return at;
  }

  async stat(): Promise<Iatt> {
    return (await this.driver.expect('fstat', this.fd, null)).values[0] as Iatt;
  }

  async truncate(size = 0): Promise<void> {
    await this.driver.expect('ftruncate', this.fd, size, null);
  }

  async sync(dataOnly = false): Promise<void> {
    await this.driver.expect('fsync', this.fd, dataOnly ? 1 : 0, null);
  }

  async flush(): Promise<void> {
    await this.driver.expect('flush', this.fd, null);
  }

  /** Flushes, as close(2) does, and releases the fd even if that fails. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.fd.release();
    }
  }
}
