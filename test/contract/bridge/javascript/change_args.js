/** Replaces every argument, and defines no callback. */
import { change, every } from './shapes.js';

export const xlator = every({
  fop:
    (row) =>
    (frame, ...args) =>
      frame.wind(...change(row.args, args)),
});
