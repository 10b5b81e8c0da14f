/** Fails each fop in a different way. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  count = 0;

  statfs(frame) {
    this.count += 1;
    frame.fail(this.count);
  }

  access() {
    throw new Error('at once');
  }

  stat(frame) {
    frame.wind();
  }

  statCbk() {
    throw new Error('in the callback');
  }

  flush(frame, fd) {
    frame.wind(fd, { mine: 1 });
    throw new Error('after a wind');
  }

  readlink(frame) {
    this.kept = frame;
  }

  fsync() {
    for (;;);
  }
}
