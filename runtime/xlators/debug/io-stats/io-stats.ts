/** The state of one io-stats: what it counts, and when and where it writes it. */

import { EINVAL, EIO, EOPNOTSUPP, EPERM, strerror } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import type { Histogram } from '../../../core/histogram.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import { printable } from '../../../core/log.ts';
import { messages } from '../../../core/messages.ts';
import type { Values } from '../../../core/options.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';
import { type DumpCommand, dumpFile } from './command.ts';
import { Counters } from './counters.ts';
import { FdStats, fdLines } from './fd-stats.ts';
import { type FileStats, Files } from './files.ts';
import { dictReport } from './formats/dict.ts';
import { dumpOf } from './formats/dump.ts';
import { jsonReport } from './formats/json.ts';
import type { Report } from './formats/report.ts';
import { textReport } from './formats/text.ts';
import type { options } from './options.ts';
import { Samples } from './samples.ts';

type Given = Values<typeof options>;

const formats = { text: textReport, json: jsonReport, dict: dictReport };

/** GlusterFS's "none": it names no brick. */
const NO_ID = '/no/such/path';

const NOT_WRITTEN = { msgid: messages.statsNotWritten.id };

export class IoStats {
  options: Given;
  current: Counters;
  readonly files = new Files();
  /** Null as long as none are taken. */
  samples: Samples | null = null;
  /** Counts of the intervals before this one. */
  private past: Counters;
  private intervals = 0;
  private openFds = 0;
  private maxOpenFds = 0;
  /** When that was, as `LogSink.now`. */
  private maxOpenAt = 0;
  /** A file could not be written, which has been said. */
  private complained = false;
  private cancelTimer: (() => void) | null = null;
  private readonly xl: Xlator<IoStats>;

  constructor(xl: Xlator<IoStats>, given: Given) {
    this.xl = xl;
    this.options = given;
    this.past = new Counters(xl.context.now());
    this.current = new Counters(xl.context.now());
    this.configure(given);
  }

  /** Goes on with other options. */
  configure(given: Given): void {
    this.options = given;
    const every = given['ios-sample-interval'];
    this.samples = every === 0 ? null : new Samples(every, given['ios-sample-buf-size']);
    this.cancelTimer?.();
    this.writeInTime();
  }

  /** What files are called by. */
  get id(): string {
    const id = this.options['unique-id'];
    return id === NO_ID ? this.xl.name : id;
  }

  opened(fd: Fd, loc: Loc): void {
    const withData = !fd.isDir && this.options['dump-fd-stats'];
    // A translator that keeps nothing with an fd is not told of its release.
    fd.ctxSet(this.xl, withData ? new FdStats(loc.path, this.xl.context.now()) : true);
    if (fd.isDir) return;
    this.openFds += 1;
    if (this.openFds <= this.maxOpenFds) return;
    this.maxOpenFds = this.openFds;
    this.maxOpenAt = this.xl.context.sink.now();
  }

  /**
   * What is counted of an inode that was opened by `loc`; `buf` is what the reply tells of it, for one
   * that is not linked yet.
   */
  fileOf(inode: Inode, loc: Loc, buf: Iatt | null | undefined): FileStats {
    const known = inode.ctxGet(this.xl) as FileStats | undefined;
    if (known !== undefined) return known;
    const gfid = inode.linked ? inode.gfid : (buf?.iaGfid ?? inode.gfid);
    const file = this.files.begin(gfid, loc.path);
    inode.ctxSet(this.xl, file);
    return file;
  }

  released(fd: Fd, fop: number, kept: unknown): void {
    this.current.hit(fop);
    if (!fd.isDir) this.openFds -= 1;
    if (!(kept instanceof FdStats)) return;
    for (const line of fdLines(kept, this.xl.context.now())) this.xl.log.info(line);
  }

  /** All there is to tell now. */
  report(): Report {
    return {
      id: this.id,
      past: this.past.plus(this.current),
      interval: this.current,
      index: this.intervals,
      now: this.xl.context.now(),
      fds: { open: this.openFds, max: this.maxOpenFds, maxAt: this.maxOpenAt },
      files: this.files,
    };
  }

  dump(): Dump {
    return dumpOf(this.report());
  }

  /** How long replies took, by the log names of fops: of all that were measured. */
  latencies(): ReadonlyMap<string, Histogram> {
    return this.past.plus(this.current).timed();
  }

  /** Begins to count anew. Files that are open stay so. */
  reset(): void {
    const now = this.xl.context.now();
    this.past = new Counters(now);
    this.current = new Counters(now);
    this.intervals = 0;
    this.maxOpenFds = this.openFds;
    this.files.clear();
  }

  /** Writes a file because somebody said so; 0, or the errno for them. */
  obey({ name, format }: DumpCommand, uid: number): number {
    const { runFiles } = this.xl.context;
    if (runFiles === undefined) return EOPNOTSUPP;
    if (uid !== 0 && uid !== runFiles.owner) return EPERM;
    const file = dumpFile(name, this.id);
    if (file === null) {
      this.xl.log.error(
        `${printable(name)}: a name for a file is wanted, without '../'`,
        NOT_WRITTEN,
      );
      return EINVAL;
    }
    try {
      runFiles.write(file, `${this.cut(format)}\n`);
      return 0;
    } catch (error) {
      this.xl.log.error(`cannot write ${printable(file)}: ${messageOf(error)}`, NOT_WRITTEN);
      return EIO;
    }
  }

  stop(): void {
    this.cancelTimer?.();
  }

  /** Statistics in a format; the interval ends. */
  private cut(format: keyof typeof formats): string {
    const report = this.report();
    this.past = report.past;
    this.current = new Counters(report.now);
    this.intervals += 1;
    return formats[format](report);
  }

  private writeInTime(): void {
    const seconds = this.options['ios-dump-interval'];
    this.cancelTimer = null;
    if (seconds === 0) return;
    this.cancelTimer = this.xl.context.after(seconds * 1000, () => {
      this.writeNow();
      this.writeInTime();
    });
  }

  private writeNow(): void {
    const { samples, id } = this;
    const { runFiles } = this.xl.context;
    const format = this.options['ios-dump-format'];
    if (runFiles === undefined) {
      // Where there are no files, the log has GlusterFS's text.
      this.xl.log.info(this.cut('text'));
      return;
    }
    const name = `glossa_${id.replaceAll('/', '_')}`;
    try {
      if (format !== 'samples') runFiles.write(`${name}.dump`, `${this.cut(format)}\n`);
      if (samples !== null) {
        runFiles.write(
          `${name}.samp`,
          samples
            .take(id)
            .map((line) => `${line}\n`)
            .join(''),
        );
      }
      this.complained = false;
    } catch (error) {
      const text = `cannot write statistics: ${messageOf(error)}`;
      if (!this.complained) this.xl.log.error(text, NOT_WRITTEN);
      this.complained = true;
    }
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errno } = error as { errno?: number };
  return errno === undefined ? error.message : strerror(Math.abs(errno));
}
