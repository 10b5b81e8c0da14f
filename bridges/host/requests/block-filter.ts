/**
 * Filters data by a module's `encode` and `decode` of blocks: reads blocks below, changes parts of them, and converts
 * sizes. A block of `size` bytes is stored in `size + overhead`; the last one of a file is shorter. Stored zeros alone
 * are a hole, which reads as zeros.
 *
 * A write that covers a block in part reads it first.
 */
import type { Dict } from '../../../runtime/core/dict.ts';
import { EFBIG, EIO } from '../../../runtime/core/errno.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import { OFFSET_MAX } from '../../../runtime/core/limits.ts';
import { O_APPEND } from '../../../runtime/core/open-flags.ts';
import type { Fd } from '../../../runtime/core/operands.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { ResultError } from '../../../runtime/files/methods.ts';
import type { BlocksDescription } from '../guest.ts';
import {
  DataFilter,
  type DataRequest,
  isZeros,
  NO_BYTES,
  type ReadRequest,
  type Then,
  type WriteRequest,
} from './data-filter.ts';
import type { HostedMethods } from './hosted-files.ts';

/** A request with an fd on which any bytes can be read and written. */
interface BlockRequest extends DataRequest {
  readonly own: Fd;
  readonly flags: number;
}

export class BlockFilter extends DataFilter {
  private readonly size: number;
  private readonly overhead: number;

  constructor(
    xl: Xlator,
    methods: HostedMethods,
    { size, overhead }: BlocksDescription,
    before: DataFilter | null,
  ) {
    super(xl, methods, before);
    this.size = size;
    this.overhead = overhead;
  }

  // -- sizes -------------------------------------------------------------------------------------

  protected get changesSizes(): boolean {
    return this.overhead > 0;
  }

  private get storedBlock(): number {
    return this.size + this.overhead;
  }

  private toStored(size: number): number {
    return size + Math.ceil(size / this.size) * this.overhead;
  }

  protected toShown(stored: number): number {
    return Math.max(0, stored - Math.ceil(stored / this.storedBlock) * this.overhead);
  }

  // -- blocks ------------------------------------------------------------------------------------

  /** Decodes blocks from number `first` on; holes are zeros. */
  private decode(request: DataRequest, first: number, stored: Uint8Array, then: Then<Uint8Array>) {
    const { storedBlock } = this;
    const out = new Uint8Array(this.toShown(stored.length));
    const isHole = (block: number) =>
      isZeros(stored.subarray(block * storedBlock, (block + 1) * storedBlock));
    /** Decodes from block `from` on: a run of blocks between holes at a time. */
    const decodeFrom = (from: number) => {
      let start = from;
      while (start * storedBlock < stored.length && isHole(start)) start += 1;
      if (start * storedBlock >= stored.length) return then(0, out);
      let end = start + 1;
      while (end * storedBlock < stored.length && !isHole(end)) end += 1;
      const run = stored.subarray(start * storedBlock, end * storedBlock);
      const place = [first + start, storedBlock] as const;
      this.convert(request, 'decode', place, run, this.toShown(run.length), (errno, data) => {
        if (errno !== 0) return then(errno, NO_BYTES);
        out.set(data, start * this.size);
        decodeFrom(end);
      });
    };
    decodeFrom(0);
  }

  /** Reads a block of which a part is to stay. */
  private readBlocks(request: BlockRequest, first: number, count: number, then: Then<Uint8Array>) {
    const { storedBlock } = this;
    const args = [request.own, count * storedBlock, first * storedBlock, 0, null];
    this.windOwn(request.frame, 'readv', args, (errno, [vector]) => {
      if (errno !== 0) return then(errno, NO_BYTES);
      this.decode(request, first, copyBytes(vector), then);
    });
  }

  /** Encodes blocks from number `first` on, and writes them. @param xdata the caller's, with the caller's data */
  private writeBlocks(
    request: BlockRequest,
    first: number,
    data: Uint8Array,
    xdata: Dict | null,
    then: Then<unknown[]>,
  ) {
    const { storedBlock } = this;
    /** A block of zeros would be a hole, and read as zeros. */
    const check = (stored: Uint8Array) => {
      for (let at = 0, block = 0; at < stored.length; at += storedBlock, block += 1)
        if (
          isZeros(stored.subarray(at, at + storedBlock)) &&
          !isZeros(data.subarray(block * this.size, (block + 1) * this.size))
        )
          throw new ResultError(`returned zeros for block ${first + block}, which are a hole`);
    };
    const encoded = (errno: number, stored: Uint8Array) => {
      if (errno !== 0) return then(errno, []);
      const args = [request.own, stored, first * storedBlock, request.flags, xdata];
      this.windFor(request.frame, 'writev', args, (writeErrno, reply, count) =>
        // A block that is written in part could not be read any more.
        then(writeErrno === 0 && count < stored.length ? EIO : writeErrno, reply),
      );
    };
    const place = [first, this.size] as const;
    this.convert(request, 'encode', place, data, this.toStored(data.length), encoded, check);
  }

  /** Writes data at an offset of a file of this size, with the parts of its first and last block that stay. */
  private overwrite(
    request: BlockRequest & WriteRequest,
    fileSize: number,
    offset: number,
    then: Then<unknown[]>,
  ) {
    const { size } = this;
    const { data, xdata } = request;
    const first = Math.floor(offset / size);
    const start = first * size;
    const end = offset + data.length;
    const blockEnd = Math.min(Math.ceil(end / size) * size, Math.max(end, fileSize));
    if (start === offset && blockEnd === end)
      return this.writeBlocks(request, first, data, xdata, then);
    const count = Math.ceil(blockEnd / size) - first;
    this.readBlocks(request, first, count, (errno, old) => {
      if (errno !== 0) return then(errno, []);
      const blocks = new Uint8Array(blockEnd - start);
      blocks.set(old.subarray(0, blocks.length));
      blocks.set(data, offset - start);
      this.writeBlocks(request, first, blocks, xdata, then);
    });
  }

  /** Writes the last block of a file anew with `end` bytes of it, before what follows it becomes a hole or is cut off. */
  private rewriteLast(request: BlockRequest, end: number, then: (errno: number) => void) {
    const last = Math.floor(end / this.size);
    const start = end % this.size === 0 ? end - this.size : last * this.size;
    this.readBlocks(request, start / this.size, 1, (errno, old) => {
      if (errno !== 0) return then(errno);
      const block = new Uint8Array(end - start);
      block.set(old.subarray(0, block.length));
      this.writeBlocks(request, start / this.size, block, null, then);
    });
  }

  /** Fills the last block of a file of `fileSize` bytes with zeros, up to `limit`: what follows is a hole. */
  private fillTail(
    request: BlockRequest,
    fileSize: number,
    limit: number,
    then: (errno: number) => void,
  ) {
    const end = Math.min(Math.ceil(fileSize / this.size) * this.size, limit);
    if (end <= fileSize) return then(0);
    this.rewriteLast(request, end, then);
  }

  // -- requests ----------------------------------------------------------------------------------

  protected read(request: ReadRequest, then: Then<readonly unknown[]>) {
    const { frame, fd, size, offset, flags, xdata } = request;
    const { storedBlock } = this;
    const first = Math.floor(offset / this.size);
    const count = Math.ceil((offset + size) / this.size) - first;
    const args = [fd, count * storedBlock, first * storedBlock, flags, xdata];
    this.windFor(frame, 'readv', args, (errno, [vector, stbuf, replyXdata]) => {
      if (errno !== 0) return then(errno, []);
      // A copy: the caller's memory may be used again below.
      this.decode(request, first, copyBytes(vector), (decodeErrno, data) => {
        const start = offset - first * this.size;
        then(decodeErrno, [data.subarray(start, start + size), stbuf, replyXdata]);
      });
    });
  }

  protected write(write: WriteRequest, then: Then<readonly unknown[]>) {
    const { fd, data, offset } = write;
    this.findFd(write, (fdErrno, own) => {
      if (fdErrno !== 0) return then(fdErrno, []);
      this.stat(write, own, (statErrno, before) => {
        if (statErrno !== 0) return then(statErrno, []);
        const request = { ...write, own };
        const fileSize = before.iaSize;
        const at = (fd.flags & O_APPEND) === 0 ? offset : fileSize;
        if (data.length === 0) return then(0, [before, before, null]);
        if (this.toStored(at + data.length) > OFFSET_MAX) return then(EFBIG, []);
        const start = Math.floor(at / this.size) * this.size;
        this.fillTail(request, fileSize, start, (tailErrno) => {
          if (tailErrno !== 0) return then(tailErrno, []);
          this.overwrite(request, fileSize, at, (errno, [, after, replyXdata]) =>
            then(errno, [before, after, replyXdata]),
          );
        });
      });
    });
  }

  protected resize(request: DataRequest, size: number, then: Then<readonly unknown[]>) {
    const { frame, fd, xdata } = request;
    if (this.toStored(size) > OFFSET_MAX) return then(EFBIG, []);
    this.findFd(request, (fdErrno, own) => {
      if (fdErrno !== 0) return then(fdErrno, []);
      this.stat(request, own, (statErrno, before) => {
        if (statErrno !== 0) return then(statErrno, []);
        const cut = (errno: number) => {
          if (errno !== 0) return then(errno, []);
          // By the caller's fd, so that one that cannot be written is refused.
          const args = [fd, this.toStored(size), xdata];
          this.windFor(frame, 'ftruncate', args, (cutErrno, [, after, replyXdata]) =>
            then(cutErrno, [before as Iatt, after, replyXdata]),
          );
        };
        const blocks = { ...request, own, flags: 0 };
        if (size >= before.iaSize) this.fillTail(blocks, before.iaSize, size, cut);
        else if (size % this.size === 0) cut(0);
        else this.rewriteLast(blocks, size, cut);
      });
    });
  }
}

const copyBytes = (vector: unknown): Uint8Array =>
  vector === null ? NO_BYTES : new Uint8Array(vector as Uint8Array);
