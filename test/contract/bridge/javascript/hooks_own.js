/** Logs created and removed names, and answers every fop without its child. */
import { xlator as hooks } from './hooks.js';
import { every, ownReply } from './shapes.js';

export const xlator = every(
  {
    fop:
      (row) =>
      (frame, ...args) =>
        frame.unwind(0, 0, ...ownReply(row, args)),
  },
  hooks,
);
