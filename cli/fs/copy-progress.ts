/** Shows the progress of a copy in one line of the terminal: files, bytes, speed, and time left. */
import { withErrorContext } from '../../runtime/api/file-error.ts';
import type { Steps } from '../../runtime/api/steps.ts';
import { visitTree } from '../../runtime/api/tree.ts';
import type { VolumeSteps } from '../../runtime/api/volume-steps.ts';
import { IA_IFDIR, IA_IFREG, type Iatt } from '../../runtime/core/iatt.ts';
import { ProgressLine } from '../../terminal/progress.ts';
import { formatSize } from '../../terminal/quantities.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** The time between two updates of the line. */
const UPDATE_INTERVAL_MS = 100;

/** Amounts that were copied, or are to be copied. */
interface Amount {
  /** Files, directories and links. */
  fileCount: number;
  byteCount: number;
}

/** Counts what a copy has done, and shows it on a terminal; elsewhere, it shows nothing. */
export class CopyProgress {
  private readonly line: ProgressLine;
  private readonly startMs = performance.now();
  private readonly timer: NodeJS.Timeout | null;
  private readonly doneAmount: Amount = { fileCount: 0, byteCount: 0 };
  /** The amount of all sources; null until they are counted. */
  private totalAmount: Amount | null = null;

  constructor(terminal: Terminal) {
    this.line = new ProgressLine(terminal);
    this.timer = this.isShown ? setInterval(() => this.show(), UPDATE_INTERVAL_MS).unref() : null;
  }

  private get isShown(): boolean {
    return this.line.isShown;
  }

  /** Counts bytes that were copied. */
  readonly onPiece = (byteCount: number): void => {
    this.doneAmount.byteCount += byteCount;
  };

  /** Counts a file, directory or link that was copied. */
  readonly onDone = (): void => {
    this.doneAmount.fileCount += 1;
  };

  /** Counts the sources while the copy runs; without a terminal, it does nothing. */
  countSources(sources: readonly (readonly [volume: VolumeSteps, path: string])[]): void {
    if (!this.isShown) return;
    const amount: Amount = { fileCount: 0, byteCount: 0 };
    const counts = sources.map(([volume, path]) => volume.run(countTree(volume, path, amount)));
    Promise.all(counts).then(
      () => {
        this.totalAmount = amount;
      },
      () => {
        // The copy meets the same error, and reports it; the line then has no percentage.
      },
    );
  }

  private show(): void {
    const { doneAmount: done, totalAmount: total } = this;
    const elapsedSeconds = (performance.now() - this.startMs) / 1000;
    const speed = `${formatSize(done.byteCount / elapsedSeconds)}/s`;
    if (total === null) {
      this.line.showText(`${done.fileCount} files, ${formatSize(done.byteCount)}  ${speed}`);
      return;
    }
    // Each file adds a byte, so that empty files advance the bar, too.
    this.line.show({
      doneCount: Math.min(done.byteCount + done.fileCount, total.byteCount + total.fileCount),
      totalCount: Math.max(total.byteCount + total.fileCount, 1),
      elapsedSeconds,
      item: `${done.fileCount} of ${total.fileCount} files, ${formatSize(done.byteCount)} of ${formatSize(total.byteCount)}  ${speed}`,
    });
  }

  /** Clears the line before a message is printed; the next update shows it again. */
  clear(): void {
    this.line.clear();
  }

  /** Ends the progress line. */
  end(): void {
    if (this.timer === null) return;
    clearInterval(this.timer);
    this.line.clear();
  }
}

/** Adds a file, or a tree of files, to `amount`. */
function* countTree(volume: VolumeSteps, path: string, amount: Amount): Steps<void> {
  const add = ({ iaType, iaSize }: Iatt): void => {
    amount.fileCount += 1;
    if (iaType === IA_IFREG) amount.byteCount += iaSize;
  };
  const top = yield* withErrorContext('stat', path, volume.files.find(path, 'nofollow'));
  if (top.buf.iaType !== IA_IFDIR) return add(top.buf);
  yield* visitTree(
    volume.driver,
    { inode: top.inode, path },
    {
      enter: ({ buf = top.buf }) => void add(buf),
      visit: ({ buf }) => void add(buf),
      // The copy reports the error.
      fail() {},
    },
  );
}
