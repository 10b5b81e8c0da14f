/** Holds the counters of one io-stats volume, and writes them to files, at a command or periodically. */
import { decodeName } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';
import { EINVAL, EIO, EOPNOTSUPP, EPERM, strerror } from '../../../core/errno.ts';
import type { Histogram } from '../../../core/histogram.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { printable } from '../../../core/log.ts';
import { messages } from '../../../core/messages.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import type { Values } from '../../../core/options.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';
import { Counters } from './counters.ts';
import { type FileStats, FileTable } from './file-stats.ts';
import { formatJsonReport } from './formats/json-report.ts';
import { formatDump, type Report } from './formats/statedump.ts';
import type { options } from './options.ts';

type OptionValues = Values<typeof options>;

/** GlusterFS's default of unique-id, which names no brick. */
const DEFAULT_ID = '/no/such/path';

/** The message id of failed writes, for `Log.error`. */
const NOT_WRITTEN = { msgid: messages.statisticsNotWritten.id };

/** The state of one volume of debug/io-stats. */
export class IoStats {
  options: OptionValues;
  /** Counts of the present interval. */
  currentCounters: Counters;
  readonly files = new FileTable();
  /** Sum of the earlier intervals. */
  private earlierCounters: Counters;
  /** Number of ended intervals. */
  private endedIntervalCount = 0;
  private openFdCount = 0;
  private maxOpenFdCount = 0;
  /** Whether a failed write was logged. */
  private hasWarned = false;
  private cancelTimer: (() => void) | null = null;
  private readonly xl: Xlator<IoStats>;

  constructor(xl: Xlator<IoStats>, values: OptionValues) {
    this.xl = xl;
    this.options = values;
    this.earlierCounters = new Counters(xl.context.now());
    this.currentCounters = new Counters(xl.context.now());
    this.applyOptions(values);
  }

  /** Applies new options, and begins the interval of periodic writes again. */
  applyOptions(values: OptionValues): void {
    this.options = values;
    this.cancelTimer?.();
    this.scheduleWrite();
  }

  /** The volume's name in the statistics and in the names of their files. */
  get id(): string {
    const id = this.options['unique-id'];
    return id === DEFAULT_ID ? this.xl.name : id;
  }

  /** Counts an opened file until its `noteRelease`. */
  noteOpen(fd: Fd): void {
    // Only translators with a context on the fd get its `release`.
    fd.ctxSet(this.xl, true);
    if (fd.isDir) return;
    this.openFdCount += 1;
    this.maxOpenFdCount = Math.max(this.maxOpenFdCount, this.openFdCount);
  }

  /**
   * Returns the counts of an inode that was opened by `loc`. An inode that is not linked yet is identified by `buf`
   * from the reply.
   */
  findOrAddFile(inode: Inode, loc: Loc, buf: Iatt | null | undefined): FileStats {
    const existing = inode.ctxGet(this.xl) as FileStats | undefined;
    if (existing !== undefined) return existing;
    const gfid = inode.linked ? inode.gfid : (buf?.iaGfid ?? inode.gfid);
    const file = this.files.findOrAdd(gfid, loc.path);
    inode.ctxSet(this.xl, file);
    return file;
  }

  /** Counts the release of an fd. @param fop the number of RELEASE or RELEASEDIR */
  noteRelease(fd: Fd, fop: number): void {
    this.currentCounters.countCall(fop);
    if (!fd.isDir) this.openFdCount -= 1;
  }

  /** Returns the current statistics. */
  makeReport(): Report {
    return {
      id: this.id,
      total: this.earlierCounters.combineWith(this.currentCounters),
      interval: this.currentCounters,
      intervalIndex: this.endedIntervalCount,
      nowMs: this.xl.context.now(),
      fds: { open: this.openFdCount, max: this.maxOpenFdCount },
      files: this.files,
    };
  }

  dump(): Dump {
    return formatDump(this.makeReport());
  }

  /** Returns the latencies of timed fops, by log name. */
  collectLatencies(): ReadonlyMap<string, Histogram> {
    return this.earlierCounters.combineWith(this.currentCounters).collectLatencies();
  }

  /** Sets the counters to zero, except the number of open files. */
  reset(): void {
    const now = this.xl.context.now();
    this.earlierCounters = new Counters(now);
    this.currentCounters = new Counters(now);
    this.endedIntervalCount = 0;
    this.maxOpenFdCount = this.openFdCount;
    this.files.clear();
  }

  /** Writes the statistics to the file of a command (`readDumpCommand`); returns 0, or the errno for its caller. */
  writeDump(name: string, uid: number): number {
    const { runFiles } = this.xl.context;
    if (runFiles === undefined) return EOPNOTSUPP;
    if (uid !== 0 && uid !== runFiles.ownerUid) return EPERM;
    const file = makeDumpFileName(name, this.id);
    if (file === null) {
      this.xl.log.error(
        `'${printable(name)}' is no name for a statistics file: give one without '../'`,
        NOT_WRITTEN,
      );
      return EINVAL;
    }
    try {
      runFiles.write(file, `${this.endInterval()}\n`);
      return 0;
    } catch (error) {
      this.xl.log.error(`cannot write ${printable(file)}: ${describeError(error)}`, NOT_WRITTEN);
      return EIO;
    }
  }

  /** Ends the periodic writes. */
  cancelWrites(): void {
    this.cancelTimer?.();
  }

  /** Ends the interval, and returns the statistics as JSON. */
  private endInterval(): string {
    const report = this.makeReport();
    this.earlierCounters = report.total;
    this.currentCounters = new Counters(report.nowMs);
    this.endedIntervalCount += 1;
    return formatJsonReport(report);
  }

  /** Starts the timer of the next periodic write, if the option is set. */
  private scheduleWrite(): void {
    const seconds = this.options['ios-dump-interval'];
    this.cancelTimer = null;
    if (seconds === 0) return;
    this.cancelTimer = this.xl.context.after(seconds * 1000, () => {
      this.writePeriodicReport();
      this.scheduleWrite();
    });
  }

  /** Ends the interval, and writes its statistics to the run folder; of several failures, logs the first. */
  private writePeriodicReport(): void {
    const { runFiles } = this.xl.context;
    const text = this.endInterval();
    if (runFiles === undefined) {
      // Without run files, the statistics go to the log.
      this.xl.log.info(text);
      return;
    }
    try {
      runFiles.write(`glossa_${this.id.replaceAll('/', '_')}.dump`, `${text}\n`);
      this.hasWarned = false;
    } catch (error) {
      const message = `cannot write statistics: ${describeError(error)}`;
      if (!this.hasWarned) this.xl.log.error(message, NOT_WRITTEN);
      this.hasWarned = true;
    }
  }
}

/** The names of attributes that are commands: GlusterFS's pattern `*io*stat*dump` (`match_special_xattr`). */
const COMMAND_NAME_PATTERN = /io.*stat.*dump$/s;

/**
 * Returns the file name from a setxattr that is a command (`setfattr -n trusted.io-stats-dump -v NAME MNT`);
 * undefined for any other setxattr.
 */
export function readDumpCommand(dict: Dict | null): string | undefined {
  // A setxattr is rare enough to scan its names.
  const key =
    dict instanceof Dict
      ? [...dict.keys()].find((candidate) => COMMAND_NAME_PATTERN.test(candidate))
      : undefined;
  if (key === undefined) return undefined;
  const value = dict!.get(key);
  const name = value instanceof Uint8Array ? decodeName(value, 0, value.length) : String(value);
  // A C program may include the string's NUL.
  return name.replace(/\0+$/, '');
}

/**
 * Returns the command's file in the server's run folder: `NAME.VOLUME`, each `/` replaced by `-`. Null for a
 * name that is empty, contains `../` or control characters.
 */
export function makeDumpFileName(name: string, id: string): string | null {
  const relative = name.replace(/^\//, '');
  const hasControl = [...relative].some((char) => char < ' ');
  if (relative === '' || relative.includes('../') || hasControl) return null;
  return `${relative}.${id}`.replaceAll('/', '-');
}

/** Describes an error; a failed system call by the text of its errno. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errno } = error as { errno?: number };
  return errno === undefined ? error.message : strerror(Math.abs(errno));
}
