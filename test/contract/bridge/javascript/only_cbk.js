/** Every reply is passed on; the fops have no methods. */
import { every } from './shapes.js';

export const xlator = every({
  cbk:
    () =>
    (frame, ...reply) =>
      frame.unwind(...reply),
});
