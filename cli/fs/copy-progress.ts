/** Shows the progress of a copy in one line of the terminal: files, bytes, speed, and time left. */
import { withErrorContext } from '../../runtime/api/file-error.ts';
import type { Steps } from '../../runtime/api/steps.ts';
import { visitTree } from '../../runtime/api/tree.ts';
import type { VolumeSteps } from '../../runtime/api/volume-steps.ts';
import { IA_IFDIR, IA_IFREG, type Iatt } from '../../runtime/core/iatt.ts';
import { ProgressLine } from '../../terminal/progress.ts';
import { formatSize } from '../../terminal/quantities.ts';
import type { Terminal } from '../../terminal/terminal.ts';

const UPDATE_INTERVAL_MS = 100;

/** An amount of files, directories and links. */
interface Amount {
  files: number;
  bytes: number;
}

export class CopyProgress {
  private readonly line: ProgressLine;
  private readonly startMs = performance.now();
  private readonly timer: NodeJS.Timeout | null;
  private readonly done: Amount = { files: 0, bytes: 0 };
  /** The amount of all sources; null until they are counted. */
  private total: Amount | null = null;

  constructor(terminal: Terminal) {
    this.line = new ProgressLine(terminal);
    this.timer = this.isShown ? setInterval(() => this.show(), UPDATE_INTERVAL_MS).unref() : null;
  }

  private get isShown(): boolean {
    return this.line.isShown;
  }

  readonly onPiece = (byteCount: number): void => {
    this.done.bytes += byteCount;
  };

  readonly onDone = (): void => {
    this.done.files += 1;
  };

  /** Counts the sources while the copy runs; without a terminal, it does nothing. */
  countSources(sources: readonly (readonly [volume: VolumeSteps, path: string])[]): void {
    if (!this.isShown) return;
    const amount: Amount = { files: 0, bytes: 0 };
    const counts = sources.map(([volume, path]) => volume.run(countTree(volume, path, amount)));
    Promise.all(counts).then(
      () => {
        this.total = amount;
      },
      () => {
        // The copy meets the same error, and reports it; the line then has no percentage.
      },
    );
  }

  private show(): void {
    const { done, total } = this;
    const elapsedSeconds = (performance.now() - this.startMs) / 1000;
    const speed = `${formatSize(done.bytes / elapsedSeconds)}/s`;
    if (total === null) {
      this.line.showText(`${done.files} files, ${formatSize(done.bytes)}  ${speed}`);
      return;
    }
    // Each file adds a byte, so that empty files advance the bar, too.
    this.line.show({
      doneCount: Math.min(done.bytes + done.files, total.bytes + total.files),
      total: Math.max(total.bytes + total.files, 1),
      elapsedSeconds,
      item: `${done.files} of ${total.files} files, ${formatSize(done.bytes)} of ${formatSize(total.bytes)}  ${speed}`,
    });
  }

  /** Clears the line before a message is printed; the next update shows it again. */
  clear(): void {
    this.line.clear();
  }

  end(): void {
    if (this.timer === null) return;
    clearInterval(this.timer);
    this.line.clear();
  }
}

function* countTree(volume: VolumeSteps, path: string, amount: Amount): Steps<void> {
  const add = ({ iaType, iaSize }: Iatt): void => {
    amount.files += 1;
    if (iaType === IA_IFREG) amount.bytes += iaSize;
  };
  const top = yield* withErrorContext('stat', path, volume.files.find(path, 'nofollow'));
  if (top.buf.iaType !== IA_IFDIR) return add(top.buf);
  yield* visitTree(
    volume.driver,
    { inode: top.inode, path },
    {
      enter: ({ buf = top.buf }) => void add(buf),
      visit: ({ buf }) => void add(buf),
      fail() {},
    },
  );
}
