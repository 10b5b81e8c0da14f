/** The same with every fop answered without asking the child, where the names are changed on top. */
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
