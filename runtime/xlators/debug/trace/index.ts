/**
 * debug/trace: writes a line for each request on its way down and each reply on its way up, to the log or
 * to a history in memory.
 *
 * With both options off it has no fops, and winds are routed past it. Winds of excluded fops always are.
 *
 * Source: GlusterFS `xlators/debug/trace/src/trace.c`.
 */
import { InitError } from '../../../core/errors.ts';
import { FOP_ITEMS, parseFopList } from '../../../core/fop-list.ts';
import { type FopRow, fops as fopRows } from '../../../core/fops.ts';
import { type FopName, fopNames } from '../../../core/gen/fops.gen.ts';
import { type After, type Before, taps } from '../../../core/gen/taps.gen.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Dirent } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import {
  formatTime,
  INFO,
  Log,
  type LogLevel,
  type LogSource,
  NONE,
  parseLogLevel,
} from '../../../core/log.ts';
import type { Fd } from '../../../core/operands.ts';
import { defineOptions, genericOptions, type Values } from '../../../core/options.ts';
import {
  type Dump,
  defineTranslator,
  type Fops,
  type HistoryEntry,
  type Xlator,
} from '../../../core/xlator.ts';
import { findRequestGfid, formatEntries, formatReply, formatRequest } from './trace-lines.ts';

/** A ring of the newest lines. */
export class LineHistory {
  private readonly size: number;
  private readonly ring: HistoryEntry[] = [];
  private nextSlot = 0;

  /** @param size the most lines; 0 for no history */
  constructor(size: number) {
    this.size = size;
  }

  get length(): number {
    return this.ring.length;
  }

  /** Adds a line, which replaces the oldest one if the history is full. @param time milliseconds (`LogSink.now`) */
  add(time: number, text: string): void {
    if (this.size === 0) return;
    this.ring[this.nextSlot] = { time, text };
    this.nextSlot = (this.nextSlot + 1) % this.size;
  }

  /** Returns the newest `count` lines, the oldest first. */
  listNewest(count: number): HistoryEntry[] {
    const { ring, nextSlot } = this;
    const ordered =
      ring.length < this.size ? ring : [...ring.slice(nextSlot), ...ring.slice(0, nextSlot)];
    return ordered.slice(Math.max(0, ordered.length - count));
  }
}

/** Lines of the history in a statedump: few, because the dumps of all volumes share 64 KB. */
const DUMPED_LINE_COUNT = 32;

const options = defineOptions({
  'include-ops': {
    type: 'str',
    items: FOP_ITEMS,
    aliases: ['include'],
    description: 'The fops that are traced, with commas between: LOOKUP,READ. Without it, all.',
    reconfigurable: true,
  },
  'exclude-ops': {
    type: 'str',
    items: FOP_ITEMS,
    aliases: ['exclude'],
    description: 'The fops that are not traced; not together with include-ops.',
    reconfigurable: true,
  },
  'history-size': {
    type: 'sizet',
    default: 1024,
    max: 1_048_576,
    description: 'Number of lines kept as history.',
  },
  'log-file': {
    type: 'bool',
    default: false,
    description: 'Write the lines to the log.',
    reconfigurable: true,
  },
  'log-history': {
    type: 'bool',
    default: false,
    description: 'Keep the lines as history, which a statedump shows.',
    reconfigurable: true,
  },
  'force-log-level': {
    type: 'str',
    values: genericOptions['log-level'].values,
    description:
      'The level of the lines, which are then written at any log level of the process. Without it: ' +
      'INFO.',
  },
});

type OptionValues = Values<typeof options>;

/** A fop's row in the table of fops, and the function names in the lines of its request and its reply. */
interface LineSources {
  readonly row: FopRow;
  readonly requestSource: LogSource;
  readonly replySource: LogSource;
}

const makeSource = (func: string): LogSource => ({ file: 'trace', line: 0, func: `trace_${func}` });
/** The rows and sources, indexed by the fop's number. */
const sourcesByFop: LineSources[] = [];
for (const row of fopRows) {
  sourcesByFop[row.number] = {
    row,
    requestSource: makeSource(row.name),
    replySource: makeSource(`${row.name}_cbk`),
  };
}
const [FORGET_SOURCE, RELEASE_SOURCE, RELEASEDIR_SOURCE] = ['forget', 'release', 'releasedir'].map(
  makeSource,
) as [LogSource, LogSource, LogSource];

/** The state of one volume of debug/trace. */
class Trace {
  values: OptionValues;
  readonly history: LineHistory;
  private readonly xl: Xlator<Trace>;
  private readonly lineLevel: LogLevel;
  private readonly lineLog: Log;

  constructor(xl: Xlator<Trace>, values: OptionValues) {
    this.xl = xl;
    this.values = values;
    this.history = new LineHistory(values['history-size']);
    const forcedLevel = parseLogLevel(values['force-log-level'] ?? '');
    this.lineLevel = forcedLevel ?? INFO;
    // A forced level needs a log of its own, as the volume's log obeys `log-level`.
    const levels = { default: this.lineLevel, volumes: new Map() };
    const { domain, graphId } = xl.log;
    this.lineLog =
      forcedLevel === undefined ? xl.log : new Log(xl.context.sink, levels, domain, graphId);
  }

  /** Whether a line would be logged or kept. */
  get isRecording(): boolean {
    const { values, lineLevel, lineLog } = this;
    return (
      values['log-history'] ||
      (values['log-file'] && lineLevel !== NONE && lineLog.enabled(lineLevel))
    );
  }

  /** Adds a line to the history and the log, as the options say. */
  record(source: LogSource, text: string): void {
    const { values, history, xl } = this;
    if (values['log-history']) history.add(xl.context.sink.now(), `${source.func}: ${text}`);
    if (values['log-file']) this.lineLog.log(this.lineLevel, text, { source });
  }

  dump(): Dump {
    const newest = this.history.listNewest(DUMPED_LINE_COUNT).map(({ time, text }, index) => {
      return [`history.${String(index + 1).padStart(2, '0')}`, `${formatTime(time)} ${text}`];
    });
    return { history: this.history.length, ...Object.fromEntries(newest) };
  }
}

const recordRequest: Before<Trace> = (frame, xl, fop, ...args) => {
  const { row, requestSource } = sourcesByFop[fop]!;
  frame.local = findRequestGfid(row, args);
  if (xl.priv.isRecording)
    xl.priv.record(requestSource, formatRequest(row, frame.root.unique, args));
  return 0;
};

const recordReply: After<Trace> = (frame, xl, fop, opRet, opErrno, ...reply) => {
  const { row, replySource } = sourcesByFop[fop]!;
  const gfid = frame.local as Gfid | null;
  if (opRet >= 0) subscribeEndOfLife(xl, row, reply);
  if (!xl.priv.isRecording) return;
  xl.priv.record(replySource, formatReply(row, frame.root.unique, gfid, opRet, opErrno, reply));
  if (row.name !== 'readdirp' || opRet < 0) return;
  for (const text of formatEntries(gfid, (reply[0] ?? []) as readonly Dirent[]))
    xl.priv.record(replySource, text);
};

/** Sets a context on an opened fd or found inode, as only translators with one get its `release` or `forget`. */
function subscribeEndOfLife(
  xl: Xlator<Trace>,
  { name }: FopRow,
  [first]: readonly unknown[],
): void {
  if (first == null) return;
  if (name === 'open' || name === 'create' || name === 'opendir') (first as Fd).ctxSet(xl, true);
  else if (name === 'lookup') (first as Inode).ctxSet(xl, true);
}

/** Records the release of an fd. */
const recordEndOfLife = (xl: Xlator<Trace>, { id, inode }: Fd, source: LogSource): void => {
  if (xl.priv.isRecording) xl.priv.record(source, `gfid=${inode.gfid} fd=${id}`);
};

/** Selects the fops that the options include, or do not exclude. */
function selectTracedFops(values: OptionValues): readonly FopName[] {
  const excluded = values['exclude-ops'];
  if (excluded === undefined) return parseFopList(values['include-ops']);
  const excludedNames = new Set(parseFopList(excluded));
  return fopNames.filter((name) => !excludedNames.has(name));
}

/** Makes the fops that are traced; none if both options are off. */
function makeFops({ priv: { values } }: Xlator<Trace>): Fops<Trace> {
  if (!values['log-file'] && !values['log-history']) return {};
  return taps(selectTracedFops(values), recordRequest, recordReply);
}

/** Refuses `include-ops` and `exclude-ops` together. @throws {InitError} */
function failIfIncludeAndExclude(values: OptionValues): void {
  if (values['include-ops'] === undefined || values['exclude-ops'] === undefined) return;
  throw new InitError("give only one of 'include-ops' and 'exclude-ops'");
}

export default defineTranslator<Trace, typeof options>({
  type: 'debug/trace',
  description: 'Writes a line for every fop on its way down, and for every reply on its way up.',
  children: [1, 1],
  options,
  fops: makeFops,
  watches: true,
  async check(_xl, values) {
    failIfIncludeAndExclude(values);
  },
  init(xl, values) {
    failIfIncludeAndExclude(values);
    return new Trace(xl, values);
  },
  reconfigure(xl, values) {
    failIfIncludeAndExclude(values);
    xl.priv.values = values;
    xl.exchangeFops(makeFops(xl));
  },
  forget(xl, { gfid }) {
    if (xl.priv.isRecording) xl.priv.record(FORGET_SOURCE, `gfid=${gfid}`);
  },
  release: (xl, fd) => recordEndOfLife(xl, fd, RELEASE_SOURCE),
  releasedir: (xl, fd) => recordEndOfLife(xl, fd, RELEASEDIR_SOURCE),
  dump: ({ priv }) => priv.dump(),
  history: ({ priv: { history } }) => history.listNewest(history.length),
});
