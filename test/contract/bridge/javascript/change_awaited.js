/** Replaces arguments and parts of replies, in an async method. */
import { change, every } from './shapes.js';

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

export const xlator = every({
  fop: (row) =>
    async function (_frame, ...args) {
      const reply = await this.child[row.name](...change(row.args, args));
      const changed = change(row.reply, [...reply]);
      return reply.replace(
        Object.fromEntries(row.reply.map((p, at) => [camel(p.name), changed[at]])),
      );
    },
});
