/** Every fop is passed on, and so is its reply. */
import { every } from './shapes.js';

export const xlator = every({
  fop:
    () =>
    (frame, ...args) =>
      frame.wind(...args),
  cbk:
    () =>
    (frame, ...reply) =>
      frame.unwind(...reply),
});
