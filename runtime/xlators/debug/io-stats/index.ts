/**
 * debug/io-stats: counts every fop, and measures how long replies take.
 *
 * With both options off it handles only setxattr, which may be the command to write the statistics. With
 * `count-fop-hits` it counts requests on the way down, and has a callback only where the reply is counted, too (data
 * read and written, files opened). With `latency-measurement` it has a callback for every fop.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`. Unlike there, measuring implies counting.
 */

import { findFop, numbersWithoutMethod } from '../../../core/fops.ts';
import { type FopName, fopNames, tail, unwind } from '../../../core/gen/fops.gen.ts';
import { type After, type Before, taps } from '../../../core/gen/taps.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import { defineTranslator, type Fop, type Fops, type Xlator } from '../../../core/xlator.ts';
import type { FileStats } from './file-stats.ts';
import { IoStats, readDumpCommand } from './io-stats.ts';
import { options } from './options.ts';

export { IoStats } from './io-stats.ts';

const NS_PER_MS = 1e6;

const findFopNumber = (name: FopName): number => findFop(name)!.number;
/** The numbers of operations that are not fops of a translator, by name; they are counted, too. */
const placeholderNumbers = new Map([...numbersWithoutMethod].map(([fop, name]) => [name, fop]));
const FORGET = placeholderNumbers.get('FORGET')!;
const RELEASE = placeholderNumbers.get('RELEASE')!;
const RELEASEDIR = placeholderNumbers.get('RELEASEDIR')!;

/** A request whose reply is counted; the frame's local until the reply. */
class PendingRequest {
  /** The fop's first argument: a Loc for opens, otherwise an Fd. */
  readonly target: unknown;
  /** Time of the request, in milliseconds of the context's clock. */
  readonly woundAtMs: number;

  constructor(target: unknown, woundAtMs: number) {
    this.target = target;
    this.woundAtMs = woundAtMs;
  }
}

/**
 * Records a successful reply. `first` and `third` are fields of the reply behind op_errno; `ms` is its latency, 0
 * without measuring.
 */
type ReplyRecorder = (
  xl: Xlator<IoStats>,
  target: unknown,
  ms: number,
  opRet: number,
  first: unknown,
  third: unknown,
) => void;

/** Returns the counts of an open file, its inode's context. */
const findFileStats = (xl: Xlator<IoStats>, { inode }: Fd): FileStats | undefined =>
  inode.ctxGet(xl) as FileStats | undefined;

/** Computes kB per second, which equals bytes per millisecond; 0 if the time was not measured. */
const computeKBps = (bytes: number, ms: number): number => (ms > 0 ? bytes / ms : 0);

/** Makes the recorder of data that was read or written; `op_ret` is the number of bytes. */
const makeTransferRecorder =
  (isRead: boolean): ReplyRecorder =>
  (xl, target, ms, opRet) => {
    const { currentCounters } = xl.priv;
    (isRead ? currentCounters.read : currentCounters.written).add(opRet);
    const file = findFileStats(xl, target as Fd);
    if (file === undefined) return;
    const kBps = computeKBps(opRet, ms);
    if (isRead) {
      file.read += 1;
      if (kBps > file.readKBps) file.readKBps = kBps;
    } else {
      file.write += 1;
      if (kBps > file.writeKBps) file.writeKBps = kBps;
    }
  };

/** Makes the recorder of an opened file; `counter` is its counter of opens, or null for none. */
const makeOpenRecorder =
  (counter: 'open' | 'opendir' | null): ReplyRecorder =>
  (xl, target, _ms, _opRet, first, third) => {
    const fd = first as Fd | null;
    if (fd === null) return;
    xl.priv.noteOpen(fd);
    // A new file's inode has no gfid before the initiator links it, so its attributes are passed.
    const file = xl.priv.findOrAddFile(fd.inode, target as Loc, third as Iatt | null | undefined);
    if (counter !== null) file[counter] += 1;
  };

const recordListing: ReplyRecorder = (xl, target) => {
  const file = findFileStats(xl, target as Fd);
  if (file !== undefined) file.readdirp += 1;
};

/** The fops whose replies are recorded, with the recorder of each. */
const recorders: { readonly [N in FopName]?: ReplyRecorder } = {
  readv: makeTransferRecorder(true),
  writev: makeTransferRecorder(false),
  open: makeOpenRecorder('open'),
  opendir: makeOpenRecorder('opendir'),
  // As in GlusterFS, a create does not count as an open of the file.
  create: makeOpenRecorder(null),
  readdir: recordListing,
  readdirp: recordListing,
};
/** The fops that have a recorder of replies, and the other fops. */
const recordedNames = Object.keys(recorders) as FopName[];
const unrecordedNames = fopNames.filter((name) => recorders[name] === undefined);
/** The recorders, indexed by the fop's number. */
const recordersByFop: ReplyRecorder[] = [];
for (const name of recordedNames) recordersByFop[findFopNumber(name)] = recorders[name]!;

// The functions that return 0 run before a fop, and let it pass.

const countCall: Before<IoStats> = (_frame, xl, fop) => {
  xl.priv.currentCounters.countCall(fop);
  return 0;
};

const countAndKeepTarget: Before<IoStats> = (frame, xl, fop, target: unknown) => {
  xl.priv.currentCounters.countCall(fop);
  frame.local = target;
  return 0;
};

const recordReply: After<IoStats> = (frame, xl, fop, opRet, _opErrno, first, _second, third) => {
  if (opRet >= 0) recordersByFop[fop]!(xl, frame.local, 0, opRet, first, third);
};

const countAndKeepTime: Before<IoStats> = (frame, xl, fop) => {
  xl.priv.currentCounters.countCall(fop);
  frame.local = xl.context.now();
  return 0;
};

/** Records the latency of a request that was wound at `woundAt`; returns it in milliseconds. */
function recordLatency(xl: Xlator<IoStats>, fop: number, opRet: number, woundAtMs: number): number {
  const ms = xl.context.now() - woundAtMs;
  xl.priv.currentCounters.recordLatency(fop, ms * NS_PER_MS, opRet < 0);
  return ms;
}

const measureReply: After<IoStats> = (frame, xl, fop, opRet) => {
  recordLatency(xl, fop, opRet, frame.local as number);
};

const countAndKeepRequest: Before<IoStats> = (frame, xl, fop, target: unknown) => {
  xl.priv.currentCounters.countCall(fop);
  frame.local = new PendingRequest(target, xl.context.now());
  return 0;
};

const measureAndRecordReply: After<IoStats> = (
  frame,
  xl,
  fop,
  opRet,
  _opErrno,
  first,
  _second,
  third,
) => {
  const { target, woundAtMs } = frame.local as PendingRequest;
  const ms = recordLatency(xl, fop, opRet, woundAtMs);
  if (opRet >= 0) recordersByFop[fop]!(xl, target, ms, opRet, first, third);
};

/** Makes the fops that the options require; none if both are off. */
function makeTaps({ options: values }: IoStats): Fops<IoStats> {
  if (values['latency-measurement']) {
    return {
      ...taps(unrecordedNames, countAndKeepTime, measureReply),
      ...taps(recordedNames, countAndKeepRequest, measureAndRecordReply),
    };
  }
  if (!values['count-fop-hits']) return {};
  return {
    ...taps(unrecordedNames, countCall),
    ...taps(recordedNames, countAndKeepTarget, recordReply),
  };
}

/** Writes the statistics of this volume and of all io-stats volumes below it; returns the errno of a failure, or 0. */
function writeAllDumps(
  xl: Xlator,
  command: string,
  uid: number,
  visited = new Set<Xlator>(),
): number {
  if (visited.has(xl)) return 0;
  visited.add(xl);
  const ownErrno = xl.priv instanceof IoStats ? xl.priv.writeDump(command, uid) : 0;
  return (
    xl.below.reduce((errno, child) => writeAllDumps(child, command, uid, visited) || errno, 0) ||
    ownErrno
  );
}

/** Makes the fops that count, and a setxattr that recognizes the command to write the statistics. */
function makeFops({ priv }: Xlator<IoStats>): Fops<IoStats> {
  const tapFops = makeTaps(priv);
  const passOn: Fop<'setxattr', IoStats> =
    tapFops.setxattr ??
    ((frame, xl, loc, dict, flags, xdata) =>
      tail.setxattr(frame, xl.children[0]!, loc, dict, flags, xdata));
  // A command is not wound, because the storage would set it as an attribute.
  const setxattr: Fop<'setxattr', IoStats> = (frame, xl, loc, dict, flags, xdata) => {
    const command = readDumpCommand(dict);
    if (command === undefined) {
      passOn(frame, xl, loc, dict, flags, xdata);
      return;
    }
    const errno = writeAllDumps(xl, command, frame.root.uid);
    unwind.setxattr(frame, errno === 0 ? 0 : -1, errno, null);
  };
  return { ...tapFops, setxattr };
}

export default defineTranslator<IoStats, typeof options>({
  type: 'debug/io-stats',
  description: 'Counts the fops that pass, and how long their replies take.',
  children: [1, 1],
  options,
  fops: makeFops,
  dataPath: { keepsPages: () => true },
  watches: true,
  init: (xl, values) => new IoStats(xl, values),
  reconfigure(xl, values) {
    xl.priv.applyOptions(values);
    xl.exchangeFops(makeFops(xl));
  },
  fini: (xl) => xl.priv.cancelWrites(),
  forget(xl, _inode, value) {
    xl.priv.currentCounters.countCall(FORGET);
    xl.priv.files.noteForget(value as FileStats);
  },
  release: (xl, fd) => xl.priv.noteRelease(fd, RELEASE),
  releasedir: (xl, fd) => xl.priv.noteRelease(fd, RELEASEDIR),
  dump: (xl) => xl.priv.dump(),
  reset: (xl) => xl.priv.reset(),
});
