/** A fop of performance/write-behind that waits for writes, and goes down then as it came. */

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

/** Lets a fop go down after the writes so far of a file, as far as they are in [start, end). */
export function after(
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
