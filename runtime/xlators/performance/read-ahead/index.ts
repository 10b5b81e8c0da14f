/**
 * performance/read-ahead: while a program reads a file in sequence, reads the next parts before it asks for them.
 *
 * Source: GlusterFS 10 `xlators/performance/read-ahead/src/`; README.md lists the differences.
 */

import { concatBytes } from '../../../core/bytes.ts';
import type { Frame } from '../../../core/frame.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import { MAX_DATA } from '../../../core/limits.ts';
import type { Fd } from '../../../core/operands.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { defineCache } from '../shared/cache-translator.ts';
import { bypassesCache, makeDataFops } from '../shared/data-fops.ts';
import { options } from './options.ts';
import { type FileState, ReadAhead, type ReadStream, type WaitingRead } from './read-streams.ts';

type ReadAheadXlator = Xlator<ReadAhead>;

/** Answers a read, and then reads ahead. A read with xdata is passed, as the parts were requested without it. */
const readv: Fop<'readv', ReadAhead> = (frame, xl, fd, size, offset, flags, xdata) => {
  if (bypassesCache(fd, flags) || offset < 0 || size <= 0 || xdata !== null) {
    return tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  }
  const { priv } = xl;
  const stream = priv.findOrAddStream(fd);
  const isSequential = priv.recordRead(stream, offset, size);
  const caller = frame.root;
  stream.unansweredCount += 1;
  frame.local = stream;
  if (stream.parts.length > 0) replyOrWait(xl, { frame, size, offset, flags }, stream);
  else {
    if (isSequential) priv.misses += 1;
    windRead(xl, frame, fd, size, offset, flags);
  }
  if (!fd.released && !stream.isReaderAhead) priv.requestAhead(stream, caller);
};

const windRead = (
  xl: ReadAheadXlator,
  frame: Frame,
  fd: Fd,
  size: number,
  offset: number,
  flags: number,
): void => wind.readv(frame, 0, readCbk, xl.children[0]!, fd, size, offset, flags, null);

const readCbk: Cbk<'readv', ReadAhead> = (frame, _c, _xl, opRet, opErrno, vector, buf, xdata) => {
  (frame.local as ReadStream).unansweredCount -= 1;
  unwind.readv(frame, opRet, opErrno, vector, buf, xdata);
};

/** Answers a read from parts read ahead, lets it wait for a part under way, or winds it. */
function replyOrWait(xl: ReadAheadXlator, reader: WaitingRead, stream: ReadStream): void {
  const { frame, size, offset, flags } = reader;
  const end = offset + size;
  const data: Uint8Array[] = [];
  let position = offset;
  let areAllUsable = true;
  for (const part of stream.parts) {
    if (position >= end || part.end <= position) continue;
    areAllUsable = part.offset <= position && xl.priv.isUsable(part);
    if (!areAllUsable) break;
    if (part.data === null) {
      part.readers.push(reader);
      return;
    }
    data.push(part.data.subarray(position - part.offset, end - part.offset));
    position = part.isLast ? end : part.end;
  }
  // The parts cover [offset, position) only.
  if (position < end) {
    // If the parts cover the beginning, and nothing behind them was requested, only the rest is requested.
    const lacksOnlyEnd = areAllUsable && position > offset && position === stream.requestedEnd;
    if (lacksOnlyEnd && end - position <= MAX_DATA) {
      xl.priv.requestRest(stream, reader);
      return;
    }
    xl.priv.misses += 1;
    windRead(xl, frame, stream.fd, size, offset, flags);
    return;
  }
  xl.priv.hits += 1;
  stream.unansweredCount -= 1;
  const { buf } = stream.parts.findLast((part) => part.offset < end && part.data !== null)!;
  const vector = concatBytes(data);
  unwind.readv(frame, vector.length, 0, vector, buf, null);
}

const cacheFops: Fops<ReadAhead> = {
  ...{ readv },
  ...makeDataFops<ReadAhead, FileState>({
    hasData: ({ buf }) => buf !== null,
    validate: ({ priv }, state, buf, inode) => priv.validate(state, buf, inode),
    onLock: ({ priv }, inode) => priv.invalidateIfKnown(inode),
  }),
};

export default defineCache<ReadAhead, typeof options>({
  type: 'performance/read-ahead',
  description: 'Reads ahead of programs that read a file from one end to the other.',
  options,
  fops: () => cacheFops,
  makeCache(xl, values) {
    // A read that was not foreseen gets its reply unchanged.
    xl.copiesReads = true;
    return new ReadAhead(xl, values, (reader, stream) => replyOrWait(xl, reader, stream));
  },
  release: (xl, _fd, stream) => xl.priv.clearStream(stream as ReadStream),
});
