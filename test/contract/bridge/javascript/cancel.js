/** Handles interrupted callers in cancel methods of single fops. */
import { EINTR, Translator } from 'glossa';

export class xlator extends Translator {
  stat(frame) {
    frame.wind();
  }

  statCbk(frame, ...reply) {
    if (frame.answered) this.log.info('stat is answered already');
    else frame.unwind(...reply);
  }

  statCancel(frame) {
    this.log.info('stat is not wanted');
    frame.fail(EINTR);
  }

  readlink(frame) {
    frame.wind();
  }

  readlinkCbk(frame, ...reply) {
    frame.unwind(...reply);
  }

  readlinkCancel() {
    this.log.info('readlink is not wanted');
  }

  access(frame) {
    this.kept = frame;
  }

  accessCancel(frame) {
    frame.fail(EINTR);
  }

  statfs(frame) {
    frame.wind();
  }

  statfsCbk(frame, ...reply) {
    if (!frame.answered) frame.unwind(...reply);
  }

  statfsCancel() {
    throw new Error('it cannot be stopped');
  }

  fsync(frame) {
    frame.wind();
  }

  fsyncCbk(frame, ...reply) {
    frame.unwind(...reply);
  }
}
