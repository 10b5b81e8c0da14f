/** Lines of a worker's log, which become lines of the volume's own: it may say what it likes in them. */
import type { Frame } from '../../../runtime/core/frame.ts';
import { type LogLevel, type LogSource, WARNING } from '../../../runtime/core/log.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { LimitedLog } from '../../host/limits/limited-log.ts';
import { MOST_LOGGED, oneRecord, shown } from '../../host/limits/log-record.ts';

const LEVELS = ' MACEWNIDT';
const LINE =
  /^\[[^\]]*\] ([MACEWNIDT]) (?:\[MSGID: (\d{6})\] )?\[([^\]]*):(\d+):([^\]]*)\] \d+-[^:]*: /;

export class WorkerLog {
  readonly limited: LimitedLog;
  private readonly xl: Xlator;

  /** @param limit bytes a second; 0 for no limit */
  constructor(xl: Xlator, limit: number) {
    this.xl = xl;
    this.limited = new LimitedLog(xl, limit);
  }

  /** @param frame the request that it is about, where that is known */
  write(frame: Frame | null, line: string): void {
    const head = LINE.exec(line);
    const level = head === null ? WARNING : (LEVELS.indexOf(head[1]!) as LogLevel);
    const source: LogSource =
      head === null
        ? { file: '-', line: 0, func: '-' }
        : { file: head[3]!, line: Number(head[4]), func: head[5]! };
    const msgid = head?.[2] === undefined ? undefined : Number(head[2]);
    // What follows a line's end was indented over there.
    const text = line.slice(head?.[0].length ?? 0).replaceAll('\n    ', '\n');
    if (!this.limited.grants(level, Math.min(text.length, MOST_LOGGED))) return;
    const { serves } = this.xl;
    this.xl.serves = frame;
    this.xl.log.log(level, oneRecord(text), { source: shown(source), msgid });
    this.xl.serves = serves;
  }
}
