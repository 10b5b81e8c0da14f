/**
 * performance/read-ahead: reads the next pages of a file before a program that reads in sequence asks.
 *
 * Source: GlusterFS 10 `xlators/performance/read-ahead/src/`; README.md lists the differences.
 */

import { concatBytes } from '../../../core/bytes.ts';
import { tail, unwind } from '../../../core/gen/fops.gen.ts';
import { MAX_DATA } from '../../../core/limits.ts';
import type { Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { defineCache } from '../shared/cache-translator.ts';
import { dataCacheFops, readsPast } from '../shared/data-fops.ts';
import { options } from './options.ts';
import { type FileState, ReadAhead, type Reader, type Stream } from './stream.ts';

type Ahead = Xlator<ReadAhead>;

const readv: Fop<'readv', ReadAhead> = (frame, xl, fd, size, offset, flags, xdata) => {
  if (readsPast(fd, flags) || offset < 0 || size <= 0 || xdata !== null) {
    return tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  }
  const { priv } = xl;
  const stream = priv.stream(fd);
  const goesOn = priv.follow(stream, offset, size);
  const caller = frame.root;
  if (stream.parts.length > 0) answer(xl, { frame, size, offset, flags }, stream);
  else {
    if (goesOn) priv.misses += 1;
    tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  }
  if (!fd.released) priv.goAhead(stream, caller);
};

/** Answers a read from cached parts, waits for a part under way, or winds the read. */
function answer(xl: Ahead, reader: Reader, stream: Stream): void {
  const { frame, size, offset, flags } = reader;
  const end = offset + size;
  const data: Uint8Array[] = [];
  let at = offset;
  let isGood = true;
  for (const part of stream.parts) {
    if (at >= end || part.end <= at) continue;
    isGood = part.offset <= at && xl.priv.isGood(part);
    if (!isGood) break;
    if (part.data === null) {
      part.readers.push(reader);
      return;
    }
    data.push(part.data.subarray(at - part.offset, end - part.offset));
    at = part.isLast ? end : part.end;
  }
  if (at < end) {
    const isBegun = isGood && at > offset && at === stream.end;
    if (isBegun && end - at <= MAX_DATA) {
      xl.priv.askRest(stream, reader);
      return;
    }
    xl.priv.misses += 1;
    tail.readv(frame, xl.children[0]!, stream.fd, size, offset, flags, null);
    return;
  }
  xl.priv.hits += 1;
  const { buf } = stream.parts.findLast((part) => part.offset < end && part.data !== null)!;
  const vector = concatBytes(data);
  unwind.readv(frame, vector.length, 0, vector, buf, null);
}

const all: Fops<ReadAhead> = {
  ...{ readv },
  ...dataCacheFops<ReadAhead, FileState>({
    has: ({ buf }) => buf !== null,
    check: ({ priv }, state, buf, inode) => priv.check(state, buf, inode),
    locked: ({ priv }, inode) => priv.changedInode(inode),
  }),
};

export default defineCache<ReadAhead, typeof options>({
  type: 'performance/read-ahead',
  description: 'Reads ahead of programs that read a file from one end to the other.',
  options,
  fops: () => all,
  make: (xl, values) => new ReadAhead(xl, values, (reader, stream) => answer(xl, reader, stream)),
  release: (xl, _fd, stream) => xl.priv.clearStream(stream as Stream),
});
