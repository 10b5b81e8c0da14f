/** Handles an interrupted caller where it awaits its child. */
import { Cancelled, Translator } from 'glossa';

export class xlator extends Translator {
  async stat(_frame, loc, xdata) {
    try {
      return await this.child.stat(loc, xdata);
    } catch (error) {
      if (error instanceof Cancelled) this.log.info('stat is cancelled');
      throw error;
    }
  }

  async readlink(_frame, loc, size, xdata) {
    try {
      return await this.child.readlink(loc, size, xdata);
    } catch (error) {
      if (error instanceof Cancelled) return ['own', null, null];
      throw error;
    }
  }

  async fsync(_frame, fd, datasync, xdata) {
    try {
      return await this.child.fsync(fd, datasync, xdata);
    } catch (error) {
      if (error instanceof Cancelled) await this.child.flush(fd, null);
      throw error;
    }
  }

  async access(_frame, loc, mask, xdata) {
    const asked = [1, 2].map(() => this.child.access(loc, mask, xdata));
    const [first] = await Promise.all(asked);
    return first;
  }
}
