/** Passes every fop on after its own call has returned. */
import { every } from './shapes.js';

export const xlator = every({
  fop: () =>
    async function (frame, ...args) {
      await this.sleep(0.001);
      frame.wind(...args);
    },
});
