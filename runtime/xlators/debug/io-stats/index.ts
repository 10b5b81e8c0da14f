/**
 * debug/io-stats: counts every fop that passes, and measures how long replies take.
 *
 * With both options off, only setxattr comes by: it may be the command to write the statistics. With
 * `count-fop-hits` it counts on the way down and takes a frame only where the reply tells something
 * (data read and written, files opened). With `latency-measurement` it sees every reply.
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
import type { FileStats } from './files.ts';
import { dumpCommand, IoStats } from './io-stats.ts';
import { options } from './options.ts';

export { IoStats } from './io-stats.ts';

const NS_PER_MS = 1e6;

const number = (name: FopName): number => findFop(name)!.number;
const numberOf = new Map([...placeholders].map(([fop, name]) => [name, fop]));
const FORGET = numberOf.get('FORGET')!;
const RELEASE = numberOf.get('RELEASE')!;
const RELEASEDIR = numberOf.get('RELEASEDIR')!;

/** What a request of a fop that tells something is about, from its way down to its reply. */
class Asked {
  /** The fop's first argument: a Loc of those that open, otherwise an Fd. */
  readonly about: unknown;
  /** Milliseconds of the context's clock; 0 where nothing is measured. */
  readonly since: number;

  constructor(about: unknown, since: number) {
    this.about = about;
    this.since = since;
  }
}

/**
 * What a fop's success tells besides that it came, by the fop's number. `first` and `third` are parts
 * of its reply, `ms` is how long it took; 0 where nothing is measured.
 */
type Told = (
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

/** Data was read, or written. */
const transferred =
  (isRead: boolean): Told =>
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
  (count: 'open' | 'opendir' | null): Told =>
  (xl, about, _ms, _opRet, first, third) => {
    const fd = first as Fd | null;
    if (fd === null) return;
    xl.priv.opened(fd);
    // The inode of a file that was just created has no gfid before it is linked, above.
    const file = xl.priv.fileOf(fd.inode, about as Loc, third as Iatt | null | undefined);
    if (count !== null) file[count] += 1;
  };

const listed: Told = (xl, about) => {
  const file = fileOf(xl, about as Fd);
  if (file !== undefined) file.readdirp += 1;
};

const telling: { readonly [N in FopName]?: Told } = {
  readv: transferred(true),
  writev: transferred(false),
  open: opened('open'),
  opendir: opened('opendir'),
  // GlusterFS counts among the opens of a file none that made it.
  create: opened(null),
  readdir: listed,
  readdirp: listed,
};
const tellingNames = Object.keys(telling) as FopName[];
const silentNames = fopNames.filter((name) => telling[name] === undefined);
const told: Told[] = [];
for (const name of tellingNames) told[number(name)] = telling[name]!;

const count: Before<IoStats> = (_frame, xl, fop) => {
  xl.priv.current.hit(fop);
  return 0;
};

const countAndAsk: Before<IoStats> = (frame, xl, fop, about: unknown) => {
  xl.priv.current.hit(fop);
  frame.local = about;
  return 0;
};

const listen: After<IoStats> = (frame, xl, fop, opRet, _opErrno, first, _second, third) => {
  if (opRet >= 0) told[fop]!(xl, frame.local, 0, opRet, first, third);
};

const countAndStart: Before<IoStats> = (frame, xl, fop) => {
  xl.priv.current.hit(fop);
  frame.local = xl.context.now();
  return 0;
};

/** The reply of a request that was begun at `since` is here; how long it took, in milliseconds. */
function took(xl: Xlator<IoStats>, fop: number, opRet: number, since: number): number {
  const ms = xl.context.now() - since;
  xl.priv.current.took(fop, ms * NS_PER_MS, opRet < 0);
  return ms;
}

const stop: After<IoStats> = (frame, xl, fop, opRet) => {
  took(xl, fop, opRet, frame.local as number);
};

const countAskAndStart: Before<IoStats> = (frame, xl, fop, about: unknown) => {
  xl.priv.current.hit(fop);
  frame.local = new Asked(about, xl.context.now());
  return 0;
};

const listenAndStop: After<IoStats> = (frame, xl, fop, opRet, _opErrno, first, _second, third) => {
  const { about, since } = frame.local as Asked;
  const ms = took(xl, fop, opRet, since);
  if (opRet >= 0) told[fop]!(xl, about, ms, opRet, first, third);
};

function tapsOf({ options: given }: IoStats): Fops<IoStats> {
  if (given['latency-measurement']) {
    return {
      ...taps(silentNames, countAndStart, stop),
      ...taps(tellingNames, countAskAndStart, listenAndStop),
    };
  }
  if (!given['count-fop-hits']) return {};
  return { ...taps(silentNames, count), ...taps(tellingNames, countAndAsk, listen) };
}

/** Lets this volume and all of its type below write their statistics; the first errno, or 0. */
function obeyAll(xl: Xlator, command: string, uid: number, done = new Set<Xlator>()): number {
  if (done.has(xl)) return 0;
  done.add(xl);
  const own = xl.priv instanceof IoStats ? xl.priv.obey(command, uid) : 0;
  return xl.below.reduce((errno, child) => obeyAll(child, command, uid, done) || errno, 0) || own;
}

function fops({ priv }: Xlator<IoStats>): Fops<IoStats> {
  const watching = tapsOf(priv);
  const passOn: Fop<'setxattr', IoStats> =
    watching.setxattr ??
    ((frame, xl, loc, dict, flags, xdata) =>
      tail.setxattr(frame, xl.children[0]!, loc, dict, flags, xdata));
  // Answered here: further down it would be stored as an attribute like any other.
  const setxattr: Fop<'setxattr', IoStats> = (frame, xl, loc, dict, flags, xdata) => {
    const command = dumpCommand(dict);
    if (command === undefined) {
      passOn(frame, xl, loc, dict, flags, xdata);
      return;
    }
    const errno = obeyAll(xl, command, frame.root.uid);
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
