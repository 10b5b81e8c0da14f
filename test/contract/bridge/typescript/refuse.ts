/** Fails every fop. */
import { EDQUOT, fail } from 'glossa';
import { every } from './shapes.ts';

export default every(
  ({ name }) =>
    (frame) =>
      fail[name](frame, EDQUOT),
);
