/** Loops, recurses or allocates without end, chosen by the mask of access. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  count = 0;

  statfs(frame) {
    this.count += 1;
    frame.fail(this.count);
  }

  access(_frame, _loc, mask) {
    [() => this.run(), () => this.recurse(), () => this.grow()][mask]();
  }

  run() {
    for (;;);
  }

  recurse() {
    this.recurse();
  }

  grow() {
    const kept = [];
    for (;;) kept.push(new Uint8Array(1_000_000));
  }
}
