/** Defines a pending write (`Write`), which later adjacent writes of the same caller may join. */
import { copyBytes } from '../../../core/bytes.ts';
import type { Dict } from '../../../core/dict.ts';
import type { Stack } from '../../../core/frame.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { O_APPEND } from '../../../core/open-flags.ts';
import type { Fd } from '../../../core/operands.ts';
import { KILL_PRIV } from '../../../core/xdata.ts';

/** A request that waits for writes to end. */
export interface WriteWaiter {
  /** Number of writes that the request waits for. */
  blockerCount: number;
  /** Continues the request; called after the last of these writes. */
  run(): void;
}

/** A write to the storage, for one or more writes of a caller. */
export class Write implements WriteWaiter {
  readonly fd: Fd;
  readonly offset: number;
  readonly flags: number;
  readonly xdata: Dict | null;
  readonly isAppend: boolean;
  /** Bytes of data in `buffer`. */
  length: number;
  /** Bytes of the data that the storage has written. */
  writtenBytes = 0;
  /** Bytes that the write counts against the limits of the file and the volume. */
  costBytes = 0;
  /** Whether the queue holds it back, so that more data may join it. */
  isHeld = true;
  /** Whether it was wound. */
  isSent = false;
  /** Whether it continues the write before it, so that more data is likely to follow. */
  isSequential = false;
  /** Whether the storage has replied to all of it. */
  hasEnded = false;
  /** Whether the caller got its reply before the storage had the data. */
  isAnsweredEarly = false;
  blockerCount = 0;
  readonly waiters: WriteWaiter[] = [];
  /** The errno of the write; 0 for none. */
  errno = 0;
  /** The attributes before the write, and after it (`postbuf`), from the storage's reply. */
  prebuf: Iatt | null = null;
  postbuf: Iatt | null = null;
  readonly caller: Stack;
  private buffer: Uint8Array;
  /** Called when no write blocks this one, and it is not held back. */
  private readonly send: (write: Write) => void;

  /** @param vector is copied: the caller reuses its buffer */
  constructor(
    caller: Stack,
    fd: Fd,
    vector: Uint8Array,
    offset: number,
    flags: number,
    xdata: Dict | null,
    send: (write: Write) => void,
  ) {
    this.caller = caller;
    this.fd = fd;
    this.offset = offset;
    this.flags = flags;
    this.xdata = xdata;
    this.isAppend = (fd.flags & O_APPEND) !== 0;
    this.length = vector.length;
    this.buffer = copyBytes(vector);
    this.send = send;
  }

  /** End of the range that the write may change, [start, end). An append may change any byte. */
  get end(): number {
    return this.isAppend ? Number.POSITIVE_INFINITY : this.offset + this.length;
  }

  get start(): number {
    return this.isAppend ? 0 : this.offset;
  }

  /** The data that is not written yet; `remainingOffset` is its offset in the file. */
  get remaining(): Uint8Array {
    return this.buffer.subarray(this.writtenBytes, this.length);
  }

  get remainingOffset(): number {
    return this.offset + this.writtenBytes;
  }

  /** Whether a write with these arguments may join this one, so that together they have at most `maxBytes`. */
  canJoin(
    caller: Stack,
    fd: Fd,
    offset: number,
    length: number,
    flags: number,
    xdata: Dict | null,
    maxBytes: number,
  ): boolean {
    if (!this.isHeld || this.fd !== fd || this.flags !== flags) return false;
    if (this.length + length > maxBytes) return false;
    if (!this.isAppend && offset !== this.offset + this.length) return false;
    return isSameCaller(this.caller, caller) && isSameXdata(this.xdata, xdata);
  }

  /** Adds the data of a write for which `canJoin` was true. */
  join(vector: Uint8Array, maxBytes: number): void {
    const length = this.length + vector.length;
    if (length > this.buffer.length) {
      const largerBuffer = new Uint8Array(
        Math.min(maxBytes, Math.max(length, 2 * this.buffer.length)),
      );
      largerBuffer.set(this.buffer.subarray(0, this.length));
      this.buffer = largerBuffer;
    }
    this.buffer.set(vector, this.length);
    this.length = length;
  }

  /** Sends the write after the earlier ones that it overlaps, unless the queue still holds it back. */
  run(): void {
    if (!this.isHeld) this.send(this);
  }
}

/** Whether two requests have the same caller and lock owner. */
function isSameCaller(a: Stack, b: Stack): boolean {
  if (a.uid !== b.uid || a.gid !== b.gid || a.pid !== b.pid) return false;
  return a.lkOwner === b.lkOwner && a.client === b.client;
}

/** Whether two requests have the same xdata: none, or only KILL_PRIV. */
function isSameXdata(a: Dict | null, b: Dict | null): boolean {
  if (a === b) return true;
  if (a?.size !== 1 || b?.size !== 1) return false;
  return a.number(KILL_PRIV) === b.number(KILL_PRIV) && a.has(KILL_PRIV) && b.has(KILL_PRIV);
}
