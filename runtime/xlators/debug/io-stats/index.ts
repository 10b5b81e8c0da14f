/**
 * debug/io-stats: counts every fop, and measures how long replies take.
 *
 * With both options off it handles only setxattr, which may be the command to write the statistics. With
 * `count-fop-hits` it counts on the way down, and takes a frame only for replies that it counts, too (data
 * read and written, files opened). With `latency-measurement` it takes a frame for every reply.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`. Unlike there, measuring implies counting.
 */
import type { Fd } from '../../../core/fd.ts';
import { findFop, placeholders } from '../../../core/fops.ts';
import { type FopName, fopNames, tail, unwind } from '../../../core/gen/fops.gen.ts';
import { type After, type Before, taps } from '../../../core/gen/taps.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Loc } from '../../../core/loc.ts';
import { defineTranslator, type Fop, type Fops, type Xlator } from '../../../core/xlator.ts';
import type { FileStats } from './file-stats.ts';
import { dumpCommand, IoStats } from './io-stats.ts';
import { options } from './options.ts';

export { IoStats } from './io-stats.ts';

const NS_PER_MS = 1e6;

const number = (name: FopName): number => findFop(name)!.number;
const numberOf = new Map([...placeholders].map(([fop, name]) => [name, fop]));
const FORGET = numberOf.get('FORGET')!;
const RELEASE = numberOf.get('RELEASE')!;
const RELEASEDIR = numberOf.get('RELEASEDIR')!;

/** A request whose reply is counted; the frame's local until then. */
class PendingRequest {
  /** The fop's first argument: a Loc for opens, otherwise an Fd. */
  readonly about: unknown;
  /** Milliseconds of the context's clock; 0 without measuring. */
  readonly since: number;

  constructor(about: unknown, since: number) {
    this.about = about;
    this.since = since;
  }
}

/**
 * Records a successful reply. `first` and `third` are parts of the reply; `ms` is its latency, 0 without
 * measuring.
 */
type ReplyRecorder = (
  xl: Xlator<IoStats>,
  about: unknown,
  ms: number,
  opRet: number,
  first: unknown,
  third: unknown,
) => void;

const fileOf = (xl: Xlator<IoStats>, { inode }: Fd): FileStats | undefined =>
  inode.ctxGet(xl) as FileStats | undefined;

/** Bytes in a millisecond are kB in a second. */
const speed = (bytes: number, ms: number): number => (ms > 0 ? bytes / ms : 0);

/** Counts data that was read or written. */
const transferred =
  (isRead: boolean): ReplyRecorder =>
  (xl, about, ms, opRet) => {
    const { current } = xl.priv;
    (isRead ? current.read : current.written).add(opRet);
    const file = fileOf(xl, about as Fd);
    if (file === undefined) return;
    const kBps = speed(opRet, ms);
    if (isRead) {
      file.read += 1;
      if (kBps > file.readKBps) file.readKBps = kBps;
    } else {
      file.write += 1;
      if (kBps > file.writeKBps) file.writeKBps = kBps;
    }
  };

const opened =
  (count: 'open' | 'opendir' | null): ReplyRecorder =>
  (xl, about, _ms, _opRet, first, third) => {
    const fd = first as Fd | null;
    if (fd === null) return;
    xl.priv.opened(fd);
    // A new file's inode has no gfid before the initiator links it.
    const file = xl.priv.fileOf(fd.inode, about as Loc, third as Iatt | null | undefined);
    if (count !== null) file[count] += 1;
  };

const listed: ReplyRecorder = (xl, about) => {
  const file = fileOf(xl, about as Fd);
  if (file !== undefined) file.readdirp += 1;
};

const recorders: { readonly [N in FopName]?: ReplyRecorder } = {
  readv: transferred(true),
  writev: transferred(false),
  open: opened('open'),
  opendir: opened('opendir'),
  // As in GlusterFS, a create does not count as an open of the file.
  create: opened(null),
  readdir: listed,
  readdirp: listed,
};
const recordedNames = Object.keys(recorders) as FopName[];
const plainNames = fopNames.filter((name) => recorders[name] === undefined);
const recorderOf: ReplyRecorder[] = [];
for (const name of recordedNames) recorderOf[number(name)] = recorders[name]!;

const count: Before<IoStats> = (_frame, xl, fop) => {
  xl.priv.current.hit(fop);
  return 0;
};

const countAndKeep: Before<IoStats> = (frame, xl, fop, about: unknown) => {
  xl.priv.current.hit(fop);
  frame.local = about;
  return 0;
};

const recordOne: After<IoStats> = (frame, xl, fop, opRet, _opErrno, first, _second, third) => {
  if (opRet >= 0) recorderOf[fop]!(xl, frame.local, 0, opRet, first, third);
};

const countAndStart: Before<IoStats> = (frame, xl, fop) => {
  xl.priv.current.hit(fop);
  frame.local = xl.context.now();
  return 0;
};

/** Records the latency of a request since `since`; returns it in milliseconds. */
function took(xl: Xlator<IoStats>, fop: number, opRet: number, since: number): number {
  const ms = xl.context.now() - since;
  xl.priv.current.took(fop, ms * NS_PER_MS, opRet < 0);
  return ms;
}

const stop: After<IoStats> = (frame, xl, fop, opRet) => {
  took(xl, fop, opRet, frame.local as number);
};

const startTimed: Before<IoStats> = (frame, xl, fop, about: unknown) => {
  xl.priv.current.hit(fop);
  frame.local = new PendingRequest(about, xl.context.now());
  return 0;
};

const stopTimed: After<IoStats> = (frame, xl, fop, opRet, _opErrno, first, _second, third) => {
  const { about, since } = frame.local as PendingRequest;
  const ms = took(xl, fop, opRet, since);
  if (opRet >= 0) recorderOf[fop]!(xl, about, ms, opRet, first, third);
};

function tapsFor({ options: given }: IoStats): Fops<IoStats> {
  if (given['latency-measurement']) {
    return {
      ...taps(plainNames, countAndStart, stop),
      ...taps(recordedNames, startTimed, stopTimed),
    };
  }
  if (!given['count-fop-hits']) return {};
  return { ...taps(plainNames, count), ...taps(recordedNames, countAndKeep, recordOne) };
}

/** Writes the statistics of this volume and all of its type below; returns the first errno, or 0. */
function writeAllDumps(xl: Xlator, command: string, uid: number, done = new Set<Xlator>()): number {
  if (done.has(xl)) return 0;
  done.add(xl);
  const own = xl.priv instanceof IoStats ? xl.priv.writeDump(command, uid) : 0;
  return (
    xl.below.reduce((errno, child) => writeAllDumps(child, command, uid, done) || errno, 0) || own
  );
}

function fops({ priv }: Xlator<IoStats>): Fops<IoStats> {
  const watching = tapsFor(priv);
  const passOn: Fop<'setxattr', IoStats> =
    watching.setxattr ??
    ((frame, xl, loc, dict, flags, xdata) =>
      tail.setxattr(frame, xl.children[0]!, loc, dict, flags, xdata));
  // Not wound: the storage would set it as an attribute.
  const setxattr: Fop<'setxattr', IoStats> = (frame, xl, loc, dict, flags, xdata) => {
    const command = dumpCommand(dict);
    if (command === undefined) {
      passOn(frame, xl, loc, dict, flags, xdata);
      return;
    }
    const errno = writeAllDumps(xl, command, frame.root.uid);
    unwind.setxattr(frame, errno === 0 ? 0 : -1, errno, null);
  };
  return { ...watching, setxattr };
}

export default defineTranslator<IoStats, typeof options>({
  type: 'debug/io-stats',
  description: 'Counts the fops that pass, and how long their replies take.',
  children: [1, 1],
  options,
  fops,
  dataPath: { keepsPages: () => true },
  watches: true,
  init: (xl, values) => new IoStats(xl, values),
  reconfigure(xl, values) {
    xl.priv.configure(values);
    xl.exchangeFops(fops(xl));
  },
  fini: (xl) => xl.priv.stop(),
  forget(xl, _inode, value) {
    xl.priv.current.hit(FORGET);
    xl.priv.files.end(value as FileStats);
  },
  release: (xl, fd) => xl.priv.released(fd, RELEASE),
  releasedir: (xl, fd) => xl.priv.released(fd, RELEASEDIR),
  dump: (xl) => xl.priv.dump(),
  reset: (xl) => xl.priv.reset(),
});
