/** Exchanges every argument for a changed one, and does not ask for the reply. */
import { change, every } from './shapes.js';

export const xlator = every({
  fop:
    (row) =>
    (frame, ...args) =>
      frame.wind(...change(row.args, args)),
});
