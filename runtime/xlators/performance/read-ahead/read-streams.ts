/** Tracks sequential reads of each fd (`ReadStream`) and holds the parts that were read ahead. */
import type { EventName } from '../../../core/events.ts';
import { type Frame, makeRequestAs, type Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { MAX_DATA } from '../../../core/limits.ts';
import type { Fd } from '../../../core/operands.ts';
import { isUpcall } from '../../../core/upcall.ts';
import type { Cbk, Dump, Xlator } from '../../../core/xlator.ts';
import {
  hasDataChanged,
  InodeCache,
  InodeState,
  invalidatingEvents,
} from '../shared/inode-cache.ts';
import type { OptionValues } from './options.ts';

/** Milliseconds after which a part is too old to be used. */
const MAX_AGE_MS = 1000;

/** A program's read; it may wait for a part. */
export interface WaitingRead {
  readonly frame: Frame;
  readonly size: number;
  readonly offset: number;
  readonly flags: number;
}

/** A part of a file that was requested before the program asked for it. */
export class ReadAheadPart {
  readonly stream: ReadStream;
  readonly offset: number;
  readonly length: number;
  /** The cache's `clock` when the part was requested. */
  readonly clockAtWind: number;
  /** Time of the request, by the context's clock. */
  readonly requestedAtMs: number;
  /** The reply's data; null before the reply, and after a failure. */
  data: Uint8Array | null = null;
  /** The reply's attributes; null before the reply, and after a failure. */
  buf: Iatt | null = null;
  /** Reads that wait for the part. */
  readonly readers: WaitingRead[] = [];

  constructor(
    stream: ReadStream,
    offset: number,
    length: number,
    clockAtWind: number,
    requestedAtMs: number,
  ) {
    this.stream = stream;
    this.offset = offset;
    this.length = length;
    this.clockAtWind = clockAtWind;
    this.requestedAtMs = requestedAtMs;
  }

  get end(): number {
    return this.offset + this.length;
  }

  /** Whether the part reaches the end of the file. */
  get isLast(): boolean {
    const { data, buf } = this;
    return data !== null && buf !== null && this.offset + data.length >= buf.iaSize;
  }
}

/** The reads of one fd: how far they are sequential, and the parts read ahead. */
export class ReadStream {
  readonly fd: Fd;
  /** Offset of the next read in sequence. */
  nextOffset = 0;
  /** Bytes read in sequence so far. */
  sequentialBytes = 0;
  /** Number of reads without a reply. */
  unansweredCount = 0;
  /**
   * Whether the reader reads ahead itself, as a kernel does: it has requested the next bytes before the reply to those
   * before. Reading further ahead would only add copies.
   */
  isReaderAhead = false;
  /** Bytes of the last read. */
  lastSize = 0;
  /** Offset up to which parts were requested; 0 without parts. */
  requestedEnd = 0;
  /** The parts read ahead, requested or received, in the order of their offsets. */
  parts: ReadAheadPart[] = [];

  constructor(fd: Fd) {
    this.fd = fd;
  }
}

/** The state of a file of which data was read ahead. */
export class FileState extends InodeState {
  /** The file's attributes in the last reply of a part. */
  buf: Iatt | null = null;
}

/** The state of one volume of performance/read-ahead: requests parts, and drops them when files change. */
export class ReadAhead extends InodeCache<FileState, OptionValues> {
  /** Bytes of all parts, whether requested or received. */
  bytes = 0;
  private readonly replyToReader: (reader: WaitingRead, stream: ReadStream) => void;

  /** @param replyToReader answers a read whose part has arrived or failed */
  constructor(
    xl: Xlator<unknown>,
    values: OptionValues,
    replyToReader: (reader: WaitingRead, stream: ReadStream) => void,
  ) {
    super(xl, values);
    this.replyToReader = replyToReader;
  }

  protected override makeState(): FileState {
    return new FileState();
  }

  /** Drops nothing: a part is checked when it is used (`isUsable`). */
  protected override dropValues(): void {}

  handleEvent(event: EventName, data: unknown): void {
    if (invalidatingEvents.has(event)) this.clear();
    else if (event === 'UPCALL' && isUpcall(data) && data.kind === 'inode' && data.data) {
      this.invalidateIfKnown(data.inode);
    }
  }

  /** Returns the stream of an fd, its context. */
  findOrAddStream(fd: Fd): ReadStream {
    const existing = fd.ctxGet(this.xl) as ReadStream | undefined;
    if (existing !== undefined) return existing;
    const created = new ReadStream(fd);
    fd.ctxSet(this.xl, created);
    return created;
  }

  /**
   * Records a new read, and drops the parts before it, or all if it is out of sequence. @returns whether it is in sequence
   */
  recordRead(stream: ReadStream, offset: number, size: number): boolean {
    const isSequential = offset === stream.nextOffset;
    if (!isSequential) {
      stream.sequentialBytes = 0;
      stream.isReaderAhead = false;
      this.clearStream(stream);
    } else if (stream.unansweredCount > 0) stream.isReaderAhead = true;
    stream.sequentialBytes += size;
    stream.lastSize = size;
    stream.nextOffset = offset + size;
    while (stream.parts.length > 0 && stream.parts[0]!.end <= offset) this.dropFirstPart(stream);
    return isSequential;
  }

  /** Drops all parts of an fd. */
  clearStream(stream: ReadStream): void {
    while (stream.parts.length > 0) this.dropFirstPart(stream);
    stream.requestedEnd = 0;
  }

  /** Whether a part is recent, and its file unchanged since the request. */
  isUsable(part: ReadAheadPart): boolean {
    if (this.xl.context.now() - part.requestedAtMs >= MAX_AGE_MS) return false;
    return this.mayUseReply(this.findOrAddState(part.stream.fd.inode), part.clockAtWind);
  }

  /**
   * Requests the next parts with the caller's identity. A part has the page size, or the size of the program's reads
   * if these are larger: then each read finds its data in one part, and no copy is needed.
   */
  requestAhead(stream: ReadStream, caller: Stack): void {
    const pageBytes = Math.min(this.values['page-size'], MAX_DATA);
    // From the second read in sequence on, at least a whole page is requested: it replaces many small reads.
    const minPages = stream.sequentialBytes > stream.lastSize ? 1 : 0;
    const pageCount = Math.min(
      Math.max(Math.floor(stream.sequentialBytes / pageBytes), minPages),
      this.values['page-count'],
    );
    if (pageCount === 0) return;
    const lastPart = stream.parts.at(-1);
    if (lastPart?.isLast) return;
    const size = Math.max(pageBytes, Math.min(stream.lastSize, MAX_DATA));
    let offset = Math.max(stream.requestedEnd, stream.nextOffset);
    const aheadEnd = stream.nextOffset + Math.max(pageCount * pageBytes, size);
    while (offset + size <= aheadEnd || offset === stream.nextOffset) {
      this.requestPart(stream, caller, offset, size);
      offset += size;
    }
  }

  /** Requests the bytes of a read that lie behind all parts; the read waits for them. */
  requestRest(stream: ReadStream, reader: WaitingRead): void {
    const end = reader.offset + reader.size;
    this.requestPart(
      stream,
      reader.frame.root,
      stream.requestedEnd,
      end - stream.requestedEnd,
      reader,
    );
  }

  dump(): Dump {
    const { hits, misses, bytes } = this;
    return { hits, misses, bytes };
  }

  /** Requests a part from below; `reader` is a read that waits for it. */
  private requestPart(
    stream: ReadStream,
    caller: Stack,
    offset: number,
    length: number,
    reader?: WaitingRead,
  ): void {
    const part = new ReadAheadPart(stream, offset, length, this.clock, this.xl.context.now());
    // A change before the first reply is only recorded for a file that has a state.
    this.findOrAddState(stream.fd.inode);
    if (reader !== undefined) part.readers.push(reader);
    stream.parts.push(part);
    stream.requestedEnd = part.end;
    this.bytes += length;
    const frame = this.xl.begin(makeRequestAs(caller, 'READ'));
    frame.local = part;
    stream.fd.hold();
    wind.readv(frame, 0, readvCbk, this.xl.children[0]!, stream.fd, length, offset, 0, null);
  }

  /** Stores the reply of a part (`data` is null for a failure), and answers the reads that wait for it. */
  storePart(part: ReadAheadPart, data: Uint8Array | null, buf: Iatt | null): void {
    const { stream, readers } = part;
    part.data = data;
    part.buf = buf;
    if (buf?.known) this.findOrAddState(stream.fd.inode).buf = buf;
    const isShort = data === null || (data.length < part.length && !part.isLast);
    // After a short or failed part, the parts behind it are useless.
    if (isShort && stream.parts.includes(part)) this.clearStream(stream);
    for (const reader of readers.splice(0)) this.replyToReader(reader, stream);
    stream.fd.drop();
  }

  /** Drops the part with the lowest offset. */
  private dropFirstPart(stream: ReadStream): void {
    this.bytes -= stream.parts.shift()!.length;
  }

  /** Invalidates the file's parts if its attributes have changed. */
  validate({ buf: earlierBuf }: FileState, buf: Iatt, inode: Inode): void {
    if (earlierBuf !== null && hasDataChanged(earlierBuf, buf)) this.invalidate(inode);
  }

  /** Invalidates a file's parts if the file has any state here. */
  invalidateIfKnown(inode: Inode): void {
    if (this.findState(inode) !== undefined) this.invalidate(inode);
  }
}

const readvCbk: Cbk<'readv', ReadAhead> = (frame, _cookie, xl, opRet, _errno, vector, stbuf) => {
  xl.end(frame.root);
  xl.priv.storePart(frame.local as ReadAheadPart, opRet < 0 ? null : vector, stbuf);
};
