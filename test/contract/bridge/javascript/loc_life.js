/** Logs whether locs are valid during their request, and after each kind of end. */
import { EPERM, HandleExpired, Translator } from 'glossa';

export class xlator extends Translator {
  kept = {};

  say(what, loc) {
    try {
      this.log.info('%s: %s', what, loc.name);
    } catch (error) {
      if (!(error instanceof HandleExpired)) throw error;
      this.log.info('%s: HandleExpired', what);
    }
  }

  access(frame, loc) {
    this.kept['answered at once'] = loc;
    frame.fail(EPERM);
    this.say('in the method that has answered', loc);
  }

  readlink(frame, loc) {
    this.kept['handed on'] = loc;
    frame.wind();
  }

  stat(frame, loc) {
    this.kept['answered in a callback'] = frame.local = loc;
    frame.wind();
  }

  statCbk(frame, ...reply) {
    this.say('in the callback', frame.local);
    frame.unwind(...reply);
  }

  async truncate(_frame, loc, offset, xdata) {
    this.kept.awaited = loc;
    const reply = await this.child.truncate(loc, offset, xdata);
    this.say('after an await', loc);
    return reply;
  }

  unlink(_frame, loc) {
    this.kept.raised = loc;
    throw new TypeError('on purpose');
  }

  mkdir(frame, loc) {
    this.kept['answered in a timer'] = loc;
    setTimeout(() => {
      this.say('in a timer', loc);
      frame.fail(EPERM);
    }, 1000);
  }

  statfs(frame) {
    for (const [what, loc] of Object.entries(this.kept)) this.say(what, loc);
    frame.fail(EPERM);
  }
}
