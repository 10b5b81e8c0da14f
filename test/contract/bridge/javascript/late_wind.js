/** Every fop is handed on later than in its own call. */
import { every } from './shapes.js';

export const xlator = every({
  fop: () =>
    async function (frame, ...args) {
      await this.sleep(0.001);
      frame.wind(...args);
    },
});
