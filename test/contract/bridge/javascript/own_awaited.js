/** Answers every fop with a reply of its own, in an async method. */
import { every, ownReply } from './shapes.js';

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

export const xlator = every({
  fop:
    (row) =>
    async (_frame, ...args) => {
      const own = ownReply(row, args);
      return Object.fromEntries(row.reply.map(({ name }, at) => [camel(name), own[at]]));
    },
});
