/**
 * Filters data by a module's `transform_read` and `transform_write`, which keep lengths: a read and a write are passed
 * on, with other bytes. What a program skips, it must read as zeros, so the host writes transformed zeros there; where
 * these are zeros, too, it leaves a hole. A larger gap is refused, as it would fill the disk.
 */
import { EFBIG, EINTR } from '../../../runtime/core/errno.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import { MAX_DATA, OFFSET_MAX } from '../../../runtime/core/limits.ts';
import { O_APPEND } from '../../../runtime/core/open-flags.ts';
import type { HostedMethod } from '../../../runtime/files/methods.ts';
import {
  DataFilter,
  type DataRequest,
  isZeros,
  type ReadRequest,
  type Then,
  type WriteRequest,
} from './data-filter.ts';

/** The most bytes that a program can skip at once. */
const MOST_GAP = 2 ** 30;

export class TransformFilter extends DataFilter {
  protected readonly changesSizes = false;

  protected toShown(stored: number): number {
    return stored;
  }

  private transform(
    request: DataRequest,
    method: HostedMethod,
    offset: number,
    data: Uint8Array,
    then: Then<Uint8Array>,
  ) {
    this.convert(request, method, [offset, request.fd.id], data, data.length, then);
  }

  protected read(request: ReadRequest, then: Then<readonly unknown[]>) {
    const { frame, fd, size, offset, flags, xdata } = request;
    const args = [fd, size, offset, flags, xdata];
    this.windFor(frame, 'readv', args, (errno, [vector, ...rest]) => {
      if (errno !== 0) return then(errno, []);
      const stored = new Uint8Array(vector as Uint8Array);
      this.transform(request, 'transform_read', offset, stored, (transformErrno, data) =>
        then(transformErrno, [data, ...rest]),
      );
    });
  }

  protected write(
    request: WriteRequest,
    then: (errno: number, reply: readonly unknown[], count?: number) => void,
  ) {
    const { fd, data, offset } = request;
    this.stat(request, fd, (statErrno, before) => {
      if (statErrno !== 0) return then(statErrno, []);
      const at = (fd.flags & O_APPEND) === 0 ? offset : before.iaSize;
      if (data.length === 0) return then(0, [before, before, null]);
      if (at + data.length > OFFSET_MAX) return then(EFBIG, []);
      this.fillGap(request, before, at, (gapErrno) => {
        if (gapErrno !== 0) return then(gapErrno, []);
        this.transform(request, 'transform_write', at, data, (transformErrno, stored) => {
          if (transformErrno !== 0) return then(transformErrno, []);
          const args = [fd, stored, at, request.flags, request.xdata];
          this.windFor(request.frame, 'writev', args, then);
        });
      });
    });
  }

  protected resize(request: DataRequest, size: number, then: Then<readonly unknown[]>) {
    const { frame, fd, xdata } = request;
    if (size > OFFSET_MAX) return then(EFBIG, []);
    this.stat(request, fd, (statErrno, before) => {
      if (statErrno !== 0) return then(statErrno, []);
      this.fillGap(request, before, size, (gapErrno) => {
        if (gapErrno !== 0) return then(gapErrno, []);
        this.windFor(frame, 'ftruncate', [fd, size, xdata], then);
      });
    });
  }

  /** Writes transformed zeros from the end of a file up to `end`; a failure takes them back. */
  private fillGap(
    request: DataRequest,
    { iaSize: size }: Iatt,
    end: number,
    then: (errno: number) => void,
  ) {
    const { frame, fd } = request;
    if (end - size > MOST_GAP) return then(EFBIG);
    const giveUp = (errno: number) =>
      this.windFor(frame, 'ftruncate', [fd, size, null], () => then(errno));
    const fillFrom = (at: number) => {
      if (at >= end) return then(0);
      if (frame.root.interrupted) return giveUp(EINTR);
      const zeros = new Uint8Array(Math.min(end - at, MAX_DATA - (at % MAX_DATA)));
      this.transform(request, 'transform_write', at, zeros, (errno, stored) => {
        if (errno !== 0) return giveUp(errno);
        if (isZeros(stored)) return fillFrom(at + zeros.length);
        this.windFor(frame, 'writev', [fd, stored, at, 0, null], (writeErrno, _reply, count) =>
          writeErrno === 0 ? fillFrom(at + count) : giveUp(writeErrno),
        );
      });
    };
    fillFrom(size);
  }
}
