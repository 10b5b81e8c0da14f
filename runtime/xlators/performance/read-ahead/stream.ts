/** Data read ahead of a program that reads a file from one end to the other. */
import type { EventName } from '../../../core/events.ts';
import type { Fd } from '../../../core/fd.ts';
import { type Frame, requestAs, type Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { MAX_DATA } from '../../../core/limits.ts';
import { isUpcall } from '../../../core/upcall.ts';
import type { Cbk, Dump, Xlator } from '../../../core/xlator.ts';
import { InodeCache, isOther, Kept, losses } from '../shared/inode-cache.ts';
import type { Given } from './options.ts';

/** Milliseconds for which what was read ahead is believed, where nobody tells of changes. */
const MAX_AGE_MS = 1000;

/** A read that waits for a part. */
export interface Reader {
  readonly frame: Frame;
  readonly size: number;
  readonly offset: number;
  readonly flags: number;
}

/** A part of the file that was asked for ahead. */
export class Part {
  readonly stream: Stream;
  readonly offset: number;
  readonly length: number;
  /** The cache's clock, and the time, when it was asked for. */
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

  /** Nothing comes behind it. */
  get isLast(): boolean {
    const { data, buf } = this;
    return data !== null && buf !== null && this.offset + data.length >= buf.iaSize;
  }
}

/** One fd. */
export class Stream {
  readonly fd: Fd;
  /** Where the next read begins if the program goes on as it did, and how much it has read so. */
  next = 0;
  run = 0;
  /** Bytes of the last read. */
  size = 0;
  /** Up to where it was asked ahead. */
  end = 0;
  parts: Part[] = [];

  constructor(fd: Fd) {
    this.fd = fd;
  }
}

/** A file of which something was read ahead. */
export class Seen extends Kept {
  /** Its attributes then. */
  buf: Iatt | null = null;
}

export class ReadAhead extends InodeCache<Seen, Given> {
  /** Bytes that are here, or were asked for. */
  bytes = 0;
  private readonly answer: (reader: Reader, stream: Stream) => void;

  /** @param answer is called for a read whose part has arrived, or never will */
  constructor(xl: Xlator<unknown>, given: Given, answer: (reader: Reader, stream: Stream) => void) {
    super(xl, given);
    this.answer = answer;
  }

  protected override make(): Seen {
    return new Seen();
  }

  /** Parts are looked at when they are used. */
  protected override drop(): void {}

  notified(event: EventName, data: unknown): void {
    if (losses.has(event)) this.clear();
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

  /** A read comes. Whether it goes on where the last one ended. */
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

  /** Whether a part is what the file is now. */
  isGood(part: Part): boolean {
    if (this.xl.context.now() - part.since >= MAX_AGE_MS) return false;
    return this.mayLearn(this.keep(part.stream.fd.inode), part.asked);
  }

  /**
   * Asks for what comes next, as who reads: by pages, or by parts that are as large as what is read at once.
   * So each read finds all of it in one part, which need not be copied.
   */
  goAhead(stream: Stream, caller: Stack): void {
    const page = Math.min(this.given['page-size'], MAX_DATA);
    // Who has read on once is expected to go on: that many small reads are one.
    const least = stream.run > stream.size ? 1 : 0;
    const pages = Math.min(
      Math.max(Math.floor(stream.run / page), least),
      this.given['page-count'],
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

  /** A read goes further than what was asked for ahead: the rest of it is, too, and it waits for that. */
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
    // What changes the file before the answer is here is to be noticed, also the first time.
    this.keep(stream.fd.inode);
    if (reader !== undefined) part.readers.push(reader);
    stream.parts.push(part);
    stream.end = part.end;
    this.bytes += length;
    const frame = this.xl.begin(requestAs(caller, 'READ'));
    frame.local = part;
    stream.fd.hold();
    wind.readv(frame, 0, arrivedCbk, this.xl.children[0]!, stream.fd, length, offset, 0, null);
  }

  /** A part is here; or it is not, where `data` is null. */
  arrived(part: Part, data: Uint8Array | null, buf: Iatt | null): void {
    const { stream, readers } = part;
    part.data = data;
    part.buf = buf;
    if (buf?.known) this.keep(stream.fd.inode).buf = buf;
    const isShort = data === null || (data.length < part.length && !part.isLast);
    // What is behind it was asked for in vain, too, if something is wrong.
    if (isShort && stream.parts.includes(part)) this.clearStream(stream);
    for (const reader of readers.splice(0)) this.answer(reader, stream);
    stream.fd.drop();
  }

  private shift(stream: Stream): void {
    this.bytes -= stream.parts.shift()!.length;
  }

  /** The attributes of a file are these now. */
  check({ buf: before }: Seen, buf: Iatt, inode: Inode): void {
    if (before !== null && isOther(before, buf)) this.invalidate(inode);
  }

  /** A file is another one: what was read ahead of it is not used. */
  changedInode(inode: Inode): void {
    if (this.kept(inode) !== undefined) this.invalidate(inode);
  }
}

const arrivedCbk: Cbk<'readv', ReadAhead> = (frame, _cookie, xl, opRet, _errno, vector, stbuf) => {
  xl.end(frame.root);
  xl.priv.arrived(frame.local as Part, opRet < 0 ? null : vector, stbuf);
};
