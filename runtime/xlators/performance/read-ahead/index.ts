/**
 * performance/read-ahead: asks for what comes next before a program that reads a file from one end to
 * the other gets there.
 *
 * Source: GlusterFS 10 `xlators/performance/read-ahead/src/`; README.md says what differs.
 */

import { joined } from '../../../core/bytes.ts';
import { tail, unwind } from '../../../core/gen/fops.gen.ts';
import { MAX_DATA } from '../../../core/limits.ts';
import { O_ACCMODE, O_DIRECT, O_WRONLY } from '../../../core/open-flags.ts';
import { isUpcall } from '../../../core/upcall.ts';
import {
  defaultNotify,
  defineTranslator,
  type Fop,
  type Fops,
  type Xlator,
} from '../../../core/xlator.ts';
import { attributeReads } from '../shared/attribute-reads.ts';
import { type ChangeHooks, dataFops, fileChanges } from '../shared/changes.ts';
import { losses } from '../shared/losses.ts';
import { doubtingLk, truncatingCreate, truncatingOpen } from '../shared/opens.ts';
import { checkOrder } from '../shared/order.ts';
import { options } from './options.ts';
import { ReadAhead, type Reader, type Seen, type Stream } from './stream.ts';

type Ahead = Xlator<ReadAhead>;

const readv: Fop<'readv', ReadAhead> = (frame, xl, fd, size, offset, flags, xdata) => {
  const isElse = ((flags | fd.flags) & O_DIRECT) !== 0 || (fd.flags & O_ACCMODE) === O_WRONLY;
  if (isElse || offset < 0 || size <= 0 || xdata !== null) {
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

/** Answers a read from the parts that are here; waits for one that is on its way; or lets it go down. */
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
  const vector = joined(data);
  unwind.readv(frame, vector.length, 0, vector, buf, null);
}

const lk = doubtingLk<ReadAhead>((xl, inode) => xl.priv.changedInode(inode));

const open = truncatingOpen<ReadAhead, Seen>();
const create = truncatingCreate<ReadAhead, Seen>();

const hooks: ChangeHooks<ReadAhead, Seen> = { cache: ({ priv }) => priv };

const all: Fops<ReadAhead> = {
  ...{ readv, lk, open, create },
  ...fileChanges(dataFops, hooks),
  ...attributeReads<ReadAhead, Seen>({
    cache: ({ priv }) => priv,
    has: ({ buf }) => buf !== null,
    check: ({ priv }, kept, buf, inode) => priv.check(kept, buf, inode),
  }),
};

const fops = ({ priv }: Ahead): Fops<ReadAhead> => (priv.given['pass-through'] ? {} : all);

export default defineTranslator<ReadAhead, typeof options>({
  type: 'performance/read-ahead',
  description: 'Reads ahead of programs that read a file from one end to the other.',
  children: [1, 1],
  options,
  dataPath: { keepsPages: () => true },
  fops,
  check: async (xl) => checkOrder(xl),
  init(xl, given) {
    checkOrder(xl);
    return new ReadAhead(xl, given, (reader, stream) => answer(xl, reader, stream));
  },
  reconfigure(xl, given) {
    xl.priv.given = given;
    // What others change while it is not looked at would not be noticed.
    if (given['pass-through']) xl.priv.invalidateReplies();
    xl.exchangeFops(fops(xl));
  },
  notify(xl, event, data) {
    if (losses.has(event)) xl.priv.invalidateReplies();
    else if (event === 'UPCALL' && isUpcall(data) && data.what === 'inode' && data.data) {
      xl.priv.changedInode(data.inode);
    }
    defaultNotify(xl, event, data);
  },
  release: (xl, _fd, stream) => xl.priv.clear(stream as Stream),
  forget: (xl, _inode, kept) => xl.priv.forget(kept as Seen),
  dump: (xl) => xl.priv.dump(),
  reset({ priv }) {
    Object.assign(priv, { hits: 0, misses: 0 });
  },
});
