/**
 * debug/io-stats: counts every fop that passes, and measures how long replies take.
 *
 * With both options off it has no fops, so winds are routed past it. With `count-fop-hits` it
 * counts on the way down and takes a frame only where the reply tells something (data read and
 * written, fds opened). With `latency-measurement` it sees every reply.
 *
 * Source: GlusterFS `xlators/debug/io-stats/src/io-stats.c`. Unlike there, measuring implies
 * counting, and nothing is kept per file.
 */
import type { Fd } from '../../../core/fd.ts';
import { type FopName, fopNames } from '../../../core/fops.gen.ts';
import { findFop, placeholders } from '../../../core/fops.ts';
import { formatTime } from '../../../core/log.ts';
import type { Values } from '../../../core/options.ts';
import { type After, type Before, taps } from '../../../core/taps.gen.ts';
import { type Dump, defineTranslator, type Fops, type Xlator } from '../../../core/xlator.ts';
import { Counters, formatStats } from './counters.ts';
import { options } from './options.ts';

const NS_PER_MS = 1e6;

const number = (name: FopName): number => findFop(name)!.number;
const numberOf = new Map([...placeholders].map(([fop, name]) => [name, fop]));
const RELEASE = numberOf.get('RELEASE')!;
const RELEASEDIR = numberOf.get('RELEASEDIR')!;

export class IoStats {
  readonly options: Values<typeof options>;
  /** Counts of the intervals before this one. */
  private past: Counters;
  current: Counters;
  private intervals = 0;
  private openFds = 0;
  private maxOpenFds = 0;
  /** When that was, as `LogSink.now`. */
  private maxOpenAt = 0;
  private cancelTimer: (() => void) | null = null;
  private readonly xl: Xlator<IoStats>;

  constructor(xl: Xlator<IoStats>, values: Values<typeof options>) {
    this.xl = xl;
    this.options = values;
    this.past = new Counters(xl.context.now());
    this.current = new Counters(xl.context.now());
    this.writeInTime();
  }

  opened(fd: Fd): void {
    // A translator that keeps nothing with an fd is not told of its release.
    fd.ctxSet(this.xl, true);
    if (fd.isDir) return;
    this.openFds += 1;
    if (this.openFds <= this.maxOpenFds) return;
    this.maxOpenFds = this.openFds;
    this.maxOpenAt = this.xl.context.sink.now();
  }

  released(fd: Fd): void {
    this.current.hit(fd.isDir ? RELEASEDIR : RELEASE);
    if (!fd.isDir) this.openFds -= 1;
  }

  /** GlusterFS's text: all there was, and this interval, which ends. */
  report(): string {
    const now = this.xl.context.now();
    const interval = formatStats(`Interval ${this.intervals}`, this.current, now);
    this.past = this.past.plus(this.current);
    this.current = new Counters(now);
    this.intervals += 1;
    return [
      formatStats('Cumulative', this.past, now),
      `Current open fd's: ${this.openFds} Max open fd's: ${this.maxOpenFds} ` +
        `time ${formatTime(this.maxOpenAt)}`,
      interval,
    ].join('\n');
  }

  dump(): Dump {
    const all = this.past.plus(this.current);
    const dump: Dump = {
      'bytes-read': all.read.bytes,
      'bytes-written': all.written.bytes,
      'open-fds': this.openFds,
      'max-open-fds': this.maxOpenFds,
    };
    for (const { name, hits, timed, total, min, max } of all.called()) {
      dump[`${name}.hits`] = hits;
      if (timed === 0) continue;
      dump[`${name}.avg-ns`] = Math.round(total / timed);
      dump[`${name}.min-ns`] = Math.round(min);
      dump[`${name}.max-ns`] = Math.round(max);
    }
    return dump;
  }

  stop(): void {
    this.cancelTimer?.();
  }

  private writeInTime(): void {
    const seconds = this.options['ios-dump-interval'];
    if (seconds === 0) return;
    this.cancelTimer = this.xl.context.after(seconds * 1000, () => {
      this.xl.log.info(this.report());
      this.writeInTime();
    });
  }
}

/** What a fop's success tells besides that it came, by the fop's number. */
type Told = (stats: IoStats, opRet: number, first: unknown) => void;
const opened: Told = (stats, _opRet, fd) => stats.opened(fd as Fd);
const telling: { readonly [N in FopName]?: Told } = {
  readv: (stats, opRet) => stats.current.read.add(opRet),
  writev: (stats, opRet) => stats.current.written.add(opRet),
  open: opened,
  opendir: opened,
  create: opened,
};
const told: (Told | undefined)[] = [];
for (const name of fopNames) told[number(name)] = telling[name];

const count: Before<IoStats> = (_frame, xl, fop) => {
  xl.priv.current.hit(fop);
  return 0;
};

const listen: After<IoStats> = (_frame, xl, fop, opRet, _opErrno, first) => {
  if (opRet >= 0) told[fop]?.(xl.priv, opRet, first);
};

const countAndStart: Before<IoStats> = (frame, xl, fop) => {
  xl.priv.current.hit(fop);
  frame.local = xl.context.now();
  return 0;
};

const listenAndStop: After<IoStats> = (frame, xl, fop, opRet, _opErrno, first) => {
  const ms = xl.context.now() - (frame.local as number);
  xl.priv.current.took(fop, ms * NS_PER_MS);
  if (opRet >= 0) told[fop]?.(xl.priv, opRet, first);
};

function fops({ priv }: Xlator<IoStats>): Fops<IoStats> {
  if (priv.options['latency-measurement']) return taps(fopNames, countAndStart, listenAndStop);
  if (!priv.options['count-fop-hits']) return {};
  return {
    ...taps(fopNames, count),
    ...taps(Object.keys(telling) as FopName[], count, listen),
  };
}

export default defineTranslator<IoStats, typeof options>({
  type: 'debug/io-stats',
  description: 'Counts the fops that pass, and how long their replies take.',
  children: [1, 1],
  options,
  fops,
  watches: true,
  init: (xl, values) => new IoStats(xl, values),
  fini: (xl) => xl.priv.stop(),
  release: (xl, fd) => xl.priv.released(fd),
  releasedir: (xl, fd) => xl.priv.released(fd),
  dump: (xl) => xl.priv.dump(),
});
