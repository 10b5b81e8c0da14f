/** Winds its own requests from init, hooks, notify, and after an answer. */
import { errorcode, Loc, ROOT_GFID, Translator } from 'glossa';

export class xlator extends Translator {
  init() {
    this.look('init');
  }

  async look(when) {
    const reply = await this.child.stat(Loc.of({ gfid: ROOT_GFID }));
    await this.sleep(0.001);
    // What came with a request of its own stays.
    const key = reply.xdata ? reply.xdata.get('key') : '-';
    this.log.info('%s: %d bytes, %s', when, reply.buf.iaSize, key);
  }

  entryCreated(loc) {
    this.look(loc.name);
  }

  async notify(event) {
    if (event === 'CHILD_UP') await this.look(event);
  }

  async access(frame, loc) {
    frame.unwind(0);
    try {
      await this.child.readlink(loc, 100);
    } catch (error) {
      this.log.info('readlink: %s', errorcode(error.errno));
    }
  }

  async lookup(_frame, loc, xdata) {
    // A loc of one's own: the host finds or makes its inode.
    const asked = this.child.lookup(loc, xdata);
    this.beside(Loc.of({ parent: loc.parent, name: `${loc.name}.old` }));
    return await asked;
  }

  async beside(loc) {
    const { buf } = await this.child.lookup(loc);
    this.log.info('beside: type %d', buf.iaType);
  }
}
