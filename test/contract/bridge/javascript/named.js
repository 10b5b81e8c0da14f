/** Passes every fop on with its arguments named. */
import { every } from './shapes.js';

export const xlator = every({
  fop:
    () =>
    (frame, ...args) =>
      frame.wind(...args),
});
