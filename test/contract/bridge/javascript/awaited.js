/** Awaits the child in every fop and returns the reply. */
import { every } from './shapes.js';

export const xlator = every({
  fop: (row) =>
    async function (_frame, ...args) {
      return await this.child[row.name](...args);
    },
});
