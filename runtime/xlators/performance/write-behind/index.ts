/**
 * performance/write-behind: answers a write at once and sends it to the storage later. Adjacent writes
 * are joined.
 *
 * `write-queue.ts` orders the writes of a file; this file has the fops, and decides which writes each waits for. A fop
 * on a file without writes under way passes unchanged.
 *
 * Source: GlusterFS 10 `xlators/performance/write-behind/src/`; README.md lists the differences.
 */
import { copyBytes } from '../../../core/bytes.ts';
import type { Dict } from '../../../core/dict.ts';
import { InitError } from '../../../core/errors.ts';
import { type Frame, makeRequestAs, type Stack } from '../../../core/frame.ts';
import {
  type AnyFop,
  collect,
  type FopName,
  fail,
  tail,
  unwind,
  unwindArgs,
  wind,
} from '../../../core/gen/fops.gen.ts';
import type { Dirent } from '../../../core/iatt.ts';
import { O_DIRECT, O_SYNC } from '../../../core/open-flags.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import {
  type Cbk,
  defaultNotify,
  defineTranslator,
  type Fop,
  type Fops,
} from '../../../core/xlator.ts';
import { findArgumentInode } from '../shared/inode-cache.ts';
import { checkOrder } from '../shared/stack-checks.ts';
import { create, makeGetxattrFop, open } from './open-and-create.ts';
import { type OptionValues, options } from './options.ts';
import { Write, type WriteWaiter } from './write.ts';
import {
  WaitingChange,
  WaitingFop,
  WriteBehind,
  type WriteBehindXlator,
  windAfterWrites,
} from './write-behind.ts';
import type { WriteQueue } from './write-queue.ts';

/** Approximate bytes of a write besides its data. They count, so that the number of small writes is bounded, too. */
const WRITE_OVERHEAD_BYTES = 128;

/** Whether a write may be answered before the storage has it. */
function mayAnswerEarly({ values }: WriteBehind, fd: Fd, length: number, flags: number): boolean {
  const allFlags = fd.flags | flags;
  if ((allFlags & O_SYNC) !== 0 || length === 0) return false;
  if ((allFlags & O_DIRECT) !== 0 && values['strict-O_DIRECT']) return false;
  return length + WRITE_OVERHEAD_BYTES <= values['cache-size'];
}

/**
 * Answers a write early if the volume has room; else winds it after the earlier writes. If the file's own share of the
 * memory (cache-size) is used, the write is delayed until earlier ones have ended.
 */
const writev: Fop<'writev', WriteBehind> = (frame, xl, fd, vector, offset, flags, xdata) => {
  const { priv } = xl;
  const existingQueue = priv.findQueue(fd.inode);
  const errno = existingQueue === undefined ? 0 : existingQueue.takeUnreportedErrno(fd);
  if (errno !== 0) return fail.writev(frame, errno);
  const costBytes = vector.length + WRITE_OVERHEAD_BYTES;
  if (!mayAnswerEarly(priv, fd, vector.length, flags) || !priv.hasRoom(costBytes)) {
    return windAfterWrites(frame, xl, 'writev', existingQueue, [fd, vector, offset, flags, xdata]);
  }
  priv.writeCount += 1;
  const queue = existingQueue ?? priv.findOrAddQueue(fd.inode);
  if (!queue.hasDelayedWrites && queue.usedBytes + costBytes <= priv.values['cache-size']) {
    return addWrite(frame, xl, queue, fd, vector, offset, flags, xdata);
  }
  const data = copyBytes(vector);
  queue.delay({
    costBytes,
    start() {
      if (priv.hasRoom(costBytes)) addWrite(frame, xl, queue, fd, data, offset, flags, xdata);
      else windAfterWrites(frame, xl, 'writev', queue, [fd, data, offset, flags, xdata]);
    },
  });
};

/** Joins a write to the queue's last one or adds it, and answers it. */
function addWrite(
  frame: Frame,
  xl: WriteBehindXlator,
  queue: WriteQueue,
  fd: Fd,
  vector: Uint8Array,
  offset: number,
  flags: number,
  xdata: Dict | null,
): void {
  const { joinable } = queue;
  const { length } = vector;
  const maxBytes = xl.priv.values['aggregate-size'];
  const canJoin =
    joinable?.canJoin(frame.root, fd, offset, length, flags, xdata, maxBytes) === true;
  if (canJoin && queue.mayGrow(length)) {
    xl.priv.joinedCount += 1;
    joinable.join(vector, maxBytes);
    queue.countJoinedBytes(length);
    unwind.writev(frame, length, 0, null, null, null);
    return;
  }
  const write = new Write(frame.root, fd, vector, offset, flags, xdata, (ready) =>
    queue.send(ready),
  );
  write.costBytes = length + WRITE_OVERHEAD_BYTES;
  queue.add(write);
  // If the storage has already replied, its result is returned; otherwise the write is answered early.
  if (!write.hasEnded) write.isAnsweredEarly = true;
  if (write.errno === 0 || write.isAnsweredEarly) {
    unwind.writev(frame, length, 0, write.prebuf, write.postbuf, null);
  } else if (write.writtenBytes > 0) unwind.writev(frame, write.writtenBytes, 0, null, null, null);
  else fail.writev(frame, write.errno);
}

const readv: Fop<'readv', WriteBehind> = (frame, xl, fd, size, offset, flags, xdata) => {
  const queue = xl.priv.findQueue(fd.inode);
  // A pending write behind the range may extend the file, and zeros then fill the range: so wait for it, too.
  const end = Number.POSITIVE_INFINITY;
  if (queue === undefined || queue.isIdle || !queue.hasOverlappingWrite(offset, end)) {
    return tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  }
  windAfterWrites(frame, xl, 'readv', queue, [fd, size, offset, flags, xdata], offset, end);
};

/** A stat or fstat that waits for the writes of its file: the reply to the last of them may be its answer. */
class WaitingStat extends WaitingFop {
  override run(): void {
    const buf = this.queue!.settledAttributes;
    if (buf === null || this.args[1] !== null) super.run();
    else unwindArgs[this.name](this.frame, 0, 0, [buf.copy(), null]);
  }
}

const fstat: Fop<'fstat', WriteBehind> = (frame, xl, fd, xdata) => {
  const queue = xl.priv.findQueue(fd.inode);
  if (queue === undefined || queue.isIdle) tail.fstat(frame, xl.children[0]!, fd, xdata);
  else queue.runAfterWrites(new WaitingStat(frame, xl, 'fstat', [fd, xdata], queue));
};

const stat: Fop<'stat', WriteBehind> = (frame, xl, loc, xdata) => {
  const inode = findArgumentInode(xl, loc);
  const queue = inode === null ? undefined : xl.priv.findQueue(inode);
  if (queue === undefined || queue.isIdle) tail.stat(frame, xl.children[0]!, loc, xdata);
  else queue.runAfterWrites(new WaitingStat(frame, xl, 'stat', [loc, xdata], queue));
};

/** Winds a lookup. The cookie is the volume's `endedWriteCount`, to detect a write that ends before the reply. */
const lookup: Fop<'lookup', WriteBehind> = (frame, xl, loc, xdata) => {
  // No write to any file is under way.
  if (xl.priv.usedBytes === 0) return tail.lookup(frame, xl.children[0]!, loc, xdata);
  frame.local = new WaitingFop(frame, xl, 'lookup', [loc, xdata]);
  wind.lookup(frame, xl.priv.endedWriteCount, lookupCbk, xl.children[0]!, loc, xdata);
};

const lookupCbk: Cbk<'lookup', WriteBehind> = (
  frame,
  endedCountAtWind,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  const queue =
    opRet < 0 || inode === null || buf === null
      ? undefined
      : xl.priv.findQueue(xl.inodes?.find(buf.iaGfid) ?? inode);
  if (queue !== undefined && (!queue.isIdle || queue.endedCountAtLastEnd > endedCountAtWind)) {
    // The first reply tells which file the name has, but its attributes may lack these writes.
    return queue.runAfterWrites(frame.local as WaitingFop);
  }
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

/** Winds a readdirp; the callback drops the attributes of entries that may lack a write. */
const readdirp: Fop<'readdirp', WriteBehind> = (frame, xl, fd, size, offset, xdata) => {
  const { priv } = xl;
  if (priv.usedBytes === 0) return tail.readdirp(frame, xl.children[0]!, fd, size, offset, xdata);
  wind.readdirp(frame, priv.endedWriteCount, readdirpCbk, xl.children[0]!, fd, size, offset, xdata);
};

const readdirpCbk: Cbk<'readdirp', WriteBehind> = (
  frame,
  endedCountAtWind,
  xl,
  opRet,
  opErrno,
  entries,
  xdata,
) => {
  const checkedEntries = entries?.map((entry) =>
    isOutdated(xl, entry, endedCountAtWind) ? dropAttributes(entry) : entry,
  );
  unwind.readdirp(frame, opRet, opErrno, checkedEntries ?? null, xdata);
};

/** Whether an entry's attributes lack a write that was answered early. */
function isOutdated(
  xl: WriteBehindXlator,
  { stat: buf }: Dirent,
  endedCountAtWind: number,
): boolean {
  const inode = buf === null ? undefined : xl.inodes?.find(buf.iaGfid);
  const queue = inode === undefined ? undefined : xl.priv.findQueue(inode);
  return queue !== undefined && (!queue.isIdle || queue.endedCountAtLastEnd > endedCountAtWind);
}

/** Returns an entry without attributes, so that the kernel looks it up. */
const dropAttributes = (entry: Dirent): Dirent => ({ ...entry, stat: null, inode: null });

/** Waits for all writes so far, and then passes on the errno that the fd has to report, or 0. */
class PendingSync implements WriteWaiter {
  blockerCount = 0;
  private readonly queue: WriteQueue;
  private readonly fd: Fd;
  private readonly reportErrno: (errno: number) => void;

  constructor(queue: WriteQueue, fd: Fd, reportErrno: (errno: number) => void) {
    this.queue = queue;
    this.fd = fd;
    this.reportErrno = reportErrno;
  }

  run(): void {
    this.reportErrno(this.queue.takeUnreportedErrno(this.fd));
  }
}

/** Winds an fsync after all writes so far, or fails it with an error that the fd has to report. */
const fsync: Fop<'fsync', WriteBehind> = (frame, xl, fd, datasync, xdata) => {
  const queue = xl.priv.findQueue(fd.inode);
  if (queue === undefined) return tail.fsync(frame, xl.children[0]!, fd, datasync, xdata);
  const sync = new PendingSync(queue, fd, (errno) => {
    if (errno !== 0) fail.fsync(frame, errno);
    else tail.fsync(frame, xl.children[0]!, fd, datasync, xdata);
  });
  queue.runAfterWrites(sync);
};

/** Answers a flush after all writes so far, with an error that the fd has to report; winds it then. */
const flush: Fop<'flush', WriteBehind> = (frame, xl, fd, xdata) => {
  const queue = xl.priv.findQueue(fd.inode);
  if (queue === undefined) return tail.flush(frame, xl.children[0]!, fd, xdata);
  const sync = new PendingSync(queue, fd, (errno) => {
    if (errno !== 0) return fail.flush(frame, errno);
    if (!xl.priv.values['flush-behind']) return tail.flush(frame, xl.children[0]!, fd, xdata);
    flushBehind(frame.root, xl, fd, xdata);
    unwind.flush(frame, 0, 0, null);
  });
  queue.runAfterWrites(sync);
};

/** Winds a flush whose caller does not wait for it: all data is written already. */
function flushBehind(caller: Stack, xl: WriteBehindXlator, fd: Fd, xdata: Dict | null): void {
  const frame = xl.begin(makeRequestAs(caller, 'FLUSH'));
  frame.local = fd;
  fd.hold();
  wind.flush(frame, 0, flushCbk, xl.children[0]!, fd, xdata);
}

const flushCbk: Cbk<'flush', WriteBehind> = (frame, _cookie, xl) => {
  xl.end(frame.root);
  (frame.local as Fd).drop();
};

/** Fops that change files after all writes so far to them, with the indexes of the arguments that name the files. */
const changingFops = {
  truncate: [0],
  ftruncate: [0],
  setattr: [0],
  fsetattr: [0],
  setxattr: [0],
  fsetxattr: [0],
  removexattr: [0],
  fremovexattr: [0],
  xattrop: [0],
  fxattrop: [0],
  fallocate: [0],
  discard: [0],
  zerofill: [0],
  copy_file_range: [0, 2],
  link: [0],
  rename: [0, 1],
  unlink: [],
  namelink: [],
  put: [],
} as const satisfies Partial<Record<FopName, readonly number[]>>;

/** Others that wait for these writes. */
const waitingFops = {
  ...changingFops,
  lk: [0],
  inodelk: [1],
  finodelk: [1],
  seek: [0],
  rchecksum: [0],
  lease: [0],
} as const satisfies Partial<Record<FopName, readonly number[]>>;

/** Makes a fop that is wound after the writes so far to its files. */
function makeWaitingFop(name: keyof typeof waitingFops): AnyFop {
  const indexes: readonly number[] = waitingFops[name];
  const Waiting = name in changingFops ? WaitingChange : WaitingFop;
  return (frame, untypedXl, args) => {
    const xl = untypedXl as WriteBehindXlator;
    const waiter = new Waiting(frame, xl, name, args);
    // Blocks the fop until the writes of both files are counted.
    waiter.blockerCount = 1;
    for (const index of indexes) {
      const inode = findArgumentInode(xl, args[index] as Loc | Fd);
      if (inode !== null) xl.priv.findQueue(inode)?.runAfterWrites(waiter);
    }
    waiter.blockerCount -= 1;
    if (waiter.blockerCount === 0) waiter.run();
  };
}

const allFops: Fops<WriteBehind> = {
  ...{ writev, readv, fstat, stat, lookup, readdirp, fsync, flush, open, create },
  ...Object.fromEntries(
    (Object.keys(waitingFops) as (keyof typeof waitingFops)[]).map((name) => [
      name,
      collect[name](makeWaitingFop(name)),
    ]),
  ),
  getxattr: collect.getxattr(makeGetxattrFop('getxattr')),
  fgetxattr: collect.fgetxattr(makeGetxattrFop('fgetxattr')),
};

/** Checks the options' sizes. @throws {InitError} if a joined write could exceed the limit of a file (cache-size) */
function checkSizes(values: OptionValues): void {
  if (values['aggregate-size'] <= values['cache-size']) return;
  throw new InitError(
    `aggregate-size (${values['aggregate-size']} bytes) is larger than cache-size ` +
      `(${values['cache-size']}): give a smaller aggregate-size`,
  );
}

export default defineTranslator<WriteBehind, typeof options>({
  type: 'performance/write-behind',
  description: 'Answers a write at once, and joins writes that follow one another.',
  children: [1, 1],
  options,
  dataPath: { keepsPages: () => true },
  fops: ({ priv }) => (priv.values['pass-through'] ? {} : allFops),
  async check(xl, values) {
    checkSizes(values);
    checkOrder(xl);
  },
  init(xl, values) {
    checkSizes(values);
    checkOrder(xl);
    return new WriteBehind(xl, values);
  },
  reconfigure(xl, values) {
    checkSizes(values);
    xl.priv.values = values;
    // A write that is held back may be larger than the new cache-size.
    xl.priv.sendHeld();
  },
  // The next graph's volume takes over the queues and their pending writes, with its own options.
  succeed(xl, { priv: predecessor }) {
    const { values } = xl.priv;
    xl.priv = Object.assign(predecessor, { xl, values });
  },
  holds: ({ priv }) => priv.describeLoss(),
  release: (xl, fd, reportedErrors) =>
    xl.priv.findQueue(fd.inode)?.noteClose(reportedErrors as number),
  notify(xl, event, data) {
    if (event === 'PARENT_DOWN') xl.priv.sendHeld();
    defaultNotify(xl, event, data);
  },
  fini: (xl) => xl.priv.sendHeld(),
  dump: (xl) => xl.priv.dump(),
  reset({ priv }) {
    Object.assign(priv, { writeCount: 0, joinedCount: 0, sentCount: 0, failureCount: 0 });
  },
});
