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
import { InodeCache, InodeState, invalidatingEvents, isOther } from '../shared/inode-cache.ts';
import type { OptionValues } from './options.ts';

/** Milliseconds after which a part is not used any more. */
const MAX_AGE_MS = 1000;

/** A read that waits for a part. */
export interface Reader {
  readonly frame: Frame;
  readonly size: number;
  readonly offset: number;
  readonly flags: number;
}

/** A part of a file, requested ahead of the program. */
export class Part {
  readonly stream: Stream;
  readonly offset: number;
  readonly length: number;
  /** The cache's clock and the time at its request. */
  readonly asked: number;
  readonly since: number;
  data: Uint8Array | null = null;
  buf: Iatt | null = null;
  readonly readers: Reader[] = [];

  constructor(stream: Stream, offset: number, length: number, asked: number, since: number) {
    this.stream = stream;
    this.offset = offset;
    this.length = length;
    this.asked = asked;
    this.since = since;
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
  next = 0;
  run = 0;
  /** Bytes of the last read. */
  size = 0;
  /** Offset up to which parts were requested. */
  end = 0;
  parts: Part[] = [];

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
  private readonly answer: (reader: Reader, stream: Stream) => void;

  /** @param answer answers a read whose part has arrived or failed */
  constructor(
    xl: Xlator<unknown>,
    values: OptionValues,
    answer: (reader: Reader, stream: Stream) => void,
  ) {
    super(xl, values);
    this.answer = answer;
  }

  protected override make(): FileState {
    return new FileState();
  }

  /** Nothing to drop: parts are validated at their use. */
  protected override drop(): void {}

  notified(event: EventName, data: unknown): void {
    if (invalidatingEvents.has(event)) this.clear();
    else if (event === 'UPCALL' && isUpcall(data) && data.what === 'inode' && data.data) {
      this.changedInode(data.inode);
    }
  }

  stream(fd: Fd): Stream {
    const known = fd.ctxGet(this.xl) as Stream | undefined;
    if (known !== undefined) return known;
    const made = new Stream(fd);
    fd.ctxSet(this.xl, made);
    return made;
  }

  /** Records a read; returns whether it continues the last one. */
  follow(stream: Stream, offset: number, size: number): boolean {
    const goesOn = offset === stream.next;
    if (!goesOn) {
      stream.run = 0;
      this.clearStream(stream);
    }
    stream.run += size;
    stream.size = size;
    stream.next = offset + size;
    while (stream.parts.length > 0 && stream.parts[0]!.end <= offset) this.shift(stream);
    return goesOn;
  }

  clearStream(stream: Stream): void {
    while (stream.parts.length > 0) this.shift(stream);
    stream.end = 0;
  }

  /** Whether a part is recent and unchanged. */
  isGood(part: Part): boolean {
    if (this.xl.context.now() - part.since >= MAX_AGE_MS) return false;
    return this.mayLearn(this.ensureState(part.stream.fd.inode), part.asked);
  }

  /**
   * Requests the next parts with the caller's identity: of the page size, or as large as the program's
   * reads. So each read finds its data in one part, and no copy is needed.
   */
  goAhead(stream: Stream, caller: Stack): void {
    const page = Math.min(this.values['page-size'], MAX_DATA);
    // After two reads in sequence a whole page is requested: it replaces many small reads.
    const least = stream.run > stream.size ? 1 : 0;
    const pages = Math.min(
      Math.max(Math.floor(stream.run / page), least),
      this.values['page-count'],
    );
    if (pages === 0) return;
    const last = stream.parts.at(-1);
    if (last?.isLast) return;
    const size = Math.max(page, Math.min(stream.size, MAX_DATA));
    let at = Math.max(stream.end, stream.next);
    const limit = stream.next + Math.max(pages * page, size);
    while (at + size <= limit || at === stream.next) {
      this.ask(stream, caller, at, size);
      at += size;
    }
  }

  /** Requests the rest of a read that reaches past all parts; the read waits for it. */
  askRest(stream: Stream, reader: Reader): void {
    const end = reader.offset + reader.size;
    this.ask(stream, reader.frame.root, stream.end, end - stream.end, reader);
  }

  dump(): Dump {
    const { hits, misses, bytes } = this;
    return { hits, misses, bytes };
  }

  private ask(
    stream: Stream,
    caller: Stack,
    offset: number,
    length: number,
    reader?: Reader,
  ): void {
    const part = new Part(stream, offset, length, this.clock, this.xl.context.now());
    // Without a state, a change before the first reply would go unnoticed.
    this.ensureState(stream.fd.inode);
    if (reader !== undefined) part.readers.push(reader);
    stream.parts.push(part);
    stream.end = part.end;
    this.bytes += length;
    const frame = this.xl.begin(requestAs(caller, 'READ'));
    frame.local = part;
    stream.fd.hold();
    wind.readv(frame, 0, arrivedCbk, this.xl.children[0]!, stream.fd, length, offset, 0, null);
  }

  /** Stores the reply of a part; `data` is null for a failure. */
  arrived(part: Part, data: Uint8Array | null, buf: Iatt | null): void {
    const { stream, readers } = part;
    part.data = data;
    part.buf = buf;
    if (buf?.known) this.ensureState(stream.fd.inode).buf = buf;
    const isShort = data === null || (data.length < part.length && !part.isLast);
    // After a short or failed part, the parts behind it are useless.
    if (isShort && stream.parts.includes(part)) this.clearStream(stream);
    for (const reader of readers.splice(0)) this.answer(reader, stream);
    stream.fd.drop();
  }

  private shift(stream: Stream): void {
    this.bytes -= stream.parts.shift()!.length;
  }

  /** Invalidates the file if its attributes have changed. */
  check({ buf: before }: FileState, buf: Iatt, inode: Inode): void {
    if (before !== null && isOther(before, buf)) this.invalidate(inode);
  }

  /** Invalidates the parts of a changed file. */
  changedInode(inode: Inode): void {
    if (this.state(inode) !== undefined) this.invalidate(inode);
  }
}

const arrivedCbk: Cbk<'readv', ReadAhead> = (frame, _cookie, xl, opRet, _errno, vector, stbuf) => {
  xl.end(frame.root);
  xl.priv.arrived(frame.local as Part, opRet < 0 ? null : vector, stbuf);
};
