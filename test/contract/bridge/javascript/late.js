/** Winds every fop after its own call has returned, so that arguments cross in messages. */
import { every } from './shapes.js';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export const later = (row) =>
  async function (_frame, ...args) {
    await pause(0);
    const reply = await this.child[row.name](...args);
    await pause(1);
    return reply;
  };

export const xlator = every({ fop: later });
