/** Logs created and removed names, with every fop and callback defined. */
import { xlator as hooks } from './hooks.js';
import { every } from './shapes.js';

export const xlator = every(
  {
    fop:
      () =>
      (frame, ...args) =>
        frame.wind(...args),
    cbk:
      () =>
      (frame, ...reply) =>
        frame.unwind(...reply),
  },
  hooks,
);
