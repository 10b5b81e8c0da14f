/** Counts each client's requests, and logs disconnects; `access` logs the number of known clients. */
import { Translator } from 'glossa';

export class xlator extends Translator {
  notes = new Set();

  stat(frame) {
    const { client } = frame.root;
    if (client === null) this.log.info('no client');
    else this.log.info('%s %d', client.uid, this.count(client));
    frame.wind();
  }

  statCbk(frame, ...reply) {
    frame.unwind(...reply);
  }

  count({ ctx }) {
    if (!ctx.has(this)) {
      ctx.set(this, { count: 0 });
      this.notes.add(new WeakRef(ctx.get(this)));
    }
    ctx.get(this).count += 1;
    return ctx.get(this).count;
  }

  clientDisconnect({ uid, ctx }) {
    this.log.info('gone %s %d', uid, ctx.get(this)?.count ?? 0);
  }

  access(frame) {
    for (const note of this.notes) if (note.deref() === undefined) this.notes.delete(note);
    this.log.info('knows %d', this.notes.size);
    frame.unwind(0);
  }
}
