/** Passes every fop and its reply on. */
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
