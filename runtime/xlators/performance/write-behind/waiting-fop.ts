/** Winds fops of performance/write-behind unchanged after the writes that they wait for (`windAfterWrites`). */

import type { Frame } from '../../../core/frame.ts';
import type { FopName } from '../../../core/gen/fops.gen.ts';
import { tailArgs } from '../../../core/gen/generic.gen.ts';
import type { WriteWaiter } from './write.ts';
import type { WriteBehindXlator } from './write-behind.ts';
import type { WriteQueue } from './write-queue.ts';

/** A fop that waits for writes. */
export class WaitingFop implements WriteWaiter {
  blockerCount = 0;
  private readonly frame: Frame;
  private readonly xl: WriteBehindXlator;
  private readonly name: FopName;
  private readonly args: readonly unknown[];

  constructor(frame: Frame, xl: WriteBehindXlator, name: FopName, args: readonly unknown[]) {
    this.frame = frame;
    this.xl = xl;
    this.name = name;
    this.args = args;
  }

  run(): void {
    tailArgs[this.name](this.frame, this.xl.children[0]!, this.args);
  }
}

/**
 * Winds a fop after all writes so far in `queue` that overlap [start, end), by default all; at once without a queue.
 */
export function windAfterWrites(
  frame: Frame,
  xl: WriteBehindXlator,
  name: FopName,
  queue: WriteQueue | undefined,
  args: readonly unknown[],
  start?: number,
  end?: number,
): void {
  const waitingFop = new WaitingFop(frame, xl, name, args);
  if (queue === undefined) waitingFop.run();
  else queue.runAfterWrites(waitingFop, start, end);
}
