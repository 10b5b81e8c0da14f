/** Logs the caller of each request. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  stat(frame) {
    const { uid, gid, pid, groups, lkOwner, op, unique } = frame.root;
    const who = [frame.name, uid, gid, pid, groups, lkOwner, op, unique > 0];
    this.log.info('%s', JSON.stringify(who));
    frame.wind();
  }

  async access(frame, loc, mask, xdata) {
    const reply = await this.child.access(loc, mask, xdata);
    this.log.info('["%s", %d]', frame.name, frame.root.uid);
    return reply;
  }
}
