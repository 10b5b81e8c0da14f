/** Tracks sequential reads of each fd (`Stream`) and holds the parts that were read ahead. */
import type { EventName } from '../../../core/events.ts';
import type { Fd } from '../../../core/fd.ts';
import { type Frame, requestAs, type Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { MAX_DATA } from '../../../core/limits.ts';
import { isUpcall } from '../../../core/upcall.ts';
import type { Cbk, Dump, Xlator } from '../../../core/xlator.ts';
import { differs, InodeCache, InodeState, invalidatingEvents } from '../shared/inode-cache.ts';
import type { OptionValues } from './options.ts';

/** Milliseconds after which a part is not used any more. */
const MAX_AGE_MS = 1000;

/** A read that waits for a part. */
export interface WaitingRead {
  readonly frame: Frame;
  readonly size: number;
  readonly offset: number;
  readonly flags: number;
}

/** A part of a file, requested ahead of the program. */
export class ReadAheadPart {
  readonly stream: Stream;
  readonly offset: number;
  readonly length: number;
  /** The cache's clock and the time at its request. */
  readonly windClock: number;
  readonly requestedAt: number;
  data: Uint8Array | null = null;
  buf: Iatt | null = null;
  readonly readers: WaitingRead[] = [];

  constructor(
    stream: Stream,
    offset: number,
    length: number,
    windClock: number,
    requestedAt: number,
  ) {
    this.stream = stream;
    this.offset = offset;
    this.length = length;
    this.windClock = windClock;
    this.requestedAt = requestedAt;
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

/** The sequential reads of one fd. */
export class Stream {
  readonly fd: Fd;
  /** Offset of the next read in sequence, and the bytes read in sequence so far. */
  nextOffset = 0;
  sequentialBytes = 0;
  /** Bytes of the last read. */
  lastSize = 0;
  /** Offset up to which parts were requested. */
  requestedEnd = 0;
  parts: ReadAheadPart[] = [];

  constructor(fd: Fd) {
    this.fd = fd;
  }
}

/** The state of a file with data read ahead. */
export class FileState extends InodeState {
  /** Its attributes in the last reply. */
  buf: Iatt | null = null;
}

export class ReadAhead extends InodeCache<FileState, OptionValues> {
  /** Bytes of all parts, arrived or requested. */
  bytes = 0;
  private readonly replyToReader: (reader: WaitingRead, findOrAddStream: Stream) => void;

  /** @param replyToReader answers a read whose part has arrived or failed */
  constructor(
    xl: Xlator<unknown>,
    values: OptionValues,
    replyToReader: (reader: WaitingRead, findOrAddStream: Stream) => void,
  ) {
    super(xl, values);
    this.replyToReader = replyToReader;
  }

  protected override makeState(): FileState {
    return new FileState();
  }

  /** Nothing to drop: parts are validated at their use. */
  protected override dropValues(): void {}

  handleEvent(event: EventName, data: unknown): void {
    if (invalidatingEvents.has(event)) this.clear();
    else if (event === 'UPCALL' && isUpcall(data) && data.what === 'inode' && data.data) {
      this.invalidateIfKnown(data.inode);
    }
  }

  findOrAddStream(fd: Fd): Stream {
    const existing = fd.ctxGet(this.xl) as Stream | undefined;
    if (existing !== undefined) return existing;
    const created = new Stream(fd);
    fd.ctxSet(this.xl, created);
    return created;
  }

  /** Records a read; returns whether it continues the last one. */
  recordRead(findOrAddStream: Stream, offset: number, size: number): boolean {
    const isSequential = offset === findOrAddStream.nextOffset;
    if (!isSequential) {
      findOrAddStream.sequentialBytes = 0;
      this.clearStream(findOrAddStream);
    }
    findOrAddStream.sequentialBytes += size;
    findOrAddStream.lastSize = size;
    findOrAddStream.nextOffset = offset + size;
    while (findOrAddStream.parts.length > 0 && findOrAddStream.parts[0]!.end <= offset)
      this.dropFirstPart(findOrAddStream);
    return isSequential;
  }

  clearStream(findOrAddStream: Stream): void {
    while (findOrAddStream.parts.length > 0) this.dropFirstPart(findOrAddStream);
    findOrAddStream.requestedEnd = 0;
  }

  /** Whether a part is recent and unchanged. */
  isUsable(part: ReadAheadPart): boolean {
    if (this.xl.context.now() - part.requestedAt >= MAX_AGE_MS) return false;
    return this.mayLearn(this.findOrAddState(part.stream.fd.inode), part.windClock);
  }

  /**
   * Requests the next parts with the caller's identity: of the page size, or as large as the program's
   * reads. So each read finds its data in one part, and no copy is needed.
   */
  requestAhead(findOrAddStream: Stream, caller: Stack): void {
    const page = Math.min(this.values['page-size'], MAX_DATA);
    // After two reads in sequence a whole page is requested: it replaces many small reads.
    const minPages = findOrAddStream.sequentialBytes > findOrAddStream.lastSize ? 1 : 0;
    const pages = Math.min(
      Math.max(Math.floor(findOrAddStream.sequentialBytes / page), minPages),
      this.values['page-count'],
    );
    if (pages === 0) return;
    const last = findOrAddStream.parts.at(-1);
    if (last?.isLast) return;
    const size = Math.max(page, Math.min(findOrAddStream.lastSize, MAX_DATA));
    let offset = Math.max(findOrAddStream.requestedEnd, findOrAddStream.nextOffset);
    const limit = findOrAddStream.nextOffset + Math.max(pages * page, size);
    while (offset + size <= limit || offset === findOrAddStream.nextOffset) {
      this.requestPart(findOrAddStream, caller, offset, size);
      offset += size;
    }
  }

  /** Requests the rest of a read that reaches past all parts; the read waits for it. */
  requestRest(findOrAddStream: Stream, reader: WaitingRead): void {
    const end = reader.offset + reader.size;
    this.requestPart(
      findOrAddStream,
      reader.frame.root,
      findOrAddStream.requestedEnd,
      end - findOrAddStream.requestedEnd,
      reader,
    );
  }

  dump(): Dump {
    const { hits, misses, bytes } = this;
    return { hits, misses, bytes };
  }

  private requestPart(
    findOrAddStream: Stream,
    caller: Stack,
    offset: number,
    length: number,
    reader?: WaitingRead,
  ): void {
    const part = new ReadAheadPart(
      findOrAddStream,
      offset,
      length,
      this.clock,
      this.xl.context.now(),
    );
    // Without a state, a change before the first reply would go unnoticed.
    this.findOrAddState(findOrAddStream.fd.inode);
    if (reader !== undefined) part.readers.push(reader);
    findOrAddStream.parts.push(part);
    findOrAddStream.requestedEnd = part.end;
    this.bytes += length;
    const frame = this.xl.begin(requestAs(caller, 'READ'));
    frame.local = part;
    findOrAddStream.fd.hold();
    wind.readv(
      frame,
      0,
      readvCbk,
      this.xl.children[0]!,
      findOrAddStream.fd,
      length,
      offset,
      0,
      null,
    );
  }

  /** Stores the reply of a part; `data` is null for a failure. */
  storePart(part: ReadAheadPart, data: Uint8Array | null, buf: Iatt | null): void {
    const { stream: findOrAddStream, readers } = part;
    part.data = data;
    part.buf = buf;
    if (buf?.known) this.findOrAddState(findOrAddStream.fd.inode).buf = buf;
    const isShort = data === null || (data.length < part.length && !part.isLast);
    // After a short or failed part, the parts behind it are useless.
    if (isShort && findOrAddStream.parts.includes(part)) this.clearStream(findOrAddStream);
    for (const reader of readers.splice(0)) this.replyToReader(reader, findOrAddStream);
    findOrAddStream.fd.drop();
  }

  private dropFirstPart(findOrAddStream: Stream): void {
    this.bytes -= findOrAddStream.parts.shift()!.length;
  }

  /** Invalidates the file if its attributes have changed. */
  validate({ buf: before }: FileState, buf: Iatt, inode: Inode): void {
    if (before !== null && differs(before, buf)) this.invalidate(inode);
  }

  /** Invalidates the parts of a changed file. */
  invalidateIfKnown(inode: Inode): void {
    if (this.findState(inode) !== undefined) this.invalidate(inode);
  }
}

const readvCbk: Cbk<'readv', ReadAhead> = (frame, _cookie, xl, opRet, _errno, vector, stbuf) => {
  xl.end(frame.root);
  xl.priv.storePart(frame.local as ReadAheadPart, opRet < 0 ? null : vector, stbuf);
};
