/** Sleeps, times out and waits for events without blocking other requests. */
import { Cancelled, ENOTSUP, ETIMEDOUT, FopError, Translator } from 'glossa';

export class xlator extends Translator {
  init() {
    this.waiting = [];
  }

  /** What a promise comes to, if it does so within so many seconds. */
  within(seconds, promise) {
    const late = this.sleep(seconds).then(() => {
      throw new FopError(ETIMEDOUT);
    });
    return Promise.race([promise, late]);
  }

  async stat(_frame, loc, xdata) {
    await new Promise((done) => setTimeout(done, 5000));
    return await this.child.stat(loc, xdata);
  }

  async access(_frame, loc, mask, xdata) {
    return await this.within(2, this.child.access(loc, mask, xdata));
  }

  async readlink(_frame, loc, size, xdata) {
    try {
      return await this.within(2, this.child.readlink(loc, size, xdata));
    } catch (error) {
      if (error.errno !== ETIMEDOUT) throw error;
      return { path: 'late' };
    }
  }

  async flush() {
    await new Promise((done) => this.waiting.push(done));
  }

  async fsync() {
    for (const done of this.waiting.splice(0)) done();
    return {};
  }

  async fstat(_frame, fd) {
    this.child.fstat(fd);
    await null;
    this.log.info('given up');
    throw new FopError(ENOTSUP, 'cancelled');
  }

  async statfs() {
    throw new Cancelled();
  }
}
