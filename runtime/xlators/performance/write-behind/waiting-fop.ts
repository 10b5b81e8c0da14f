/** A fop of performance/write-behind that is wound unchanged after the writes that it waits for. */

import type { Frame } from '../../../core/frame.ts';
import type { FopName } from '../../../core/gen/fops.gen.ts';
import { tailArgs } from '../../../core/gen/generic.gen.ts';
import type { Queue } from './queue.ts';
import type { Waiting } from './write.ts';
import type { Behind } from './write-behind.ts';

export class Stub implements Waiting {
  blockers = 0;
  private readonly frame: Frame;
  private readonly xl: Behind;
  private readonly name: FopName;
  private readonly args: readonly unknown[];

  constructor(frame: Frame, xl: Behind, name: FopName, args: readonly unknown[]) {
    this.frame = frame;
    this.xl = xl;
    this.name = name;
    this.args = args;
  }

  go(): void {
    tailArgs[this.name](this.frame, this.xl.children[0]!, this.args);
  }
}

/** Winds a fop after a file's writes so far that overlap [start, end). */
export function goAfterWrites(
  frame: Frame,
  xl: Behind,
  name: FopName,
  queue: Queue | undefined,
  args: readonly unknown[],
  start?: number,
  end?: number,
): void {
  const stub = new Stub(frame, xl, name, args);
  if (queue === undefined) stub.go();
  else queue.wait(stub, start, end);
}
