/** Logs created and removed names, and answers every fop without its child. */
import { telling } from './names.ts';

export default telling(
  ({ reply }) =>
    (_frame, _xl, _args, answer) =>
      answer(
        0,
        0,
        reply.map(() => null),
      ),
);
