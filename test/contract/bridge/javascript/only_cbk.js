/** Passes every reply on; defines no fop. */
import { every } from './shapes.js';

export const xlator = every({
  cbk:
    () =>
    (frame, ...reply) =>
      frame.unwind(...reply),
});
