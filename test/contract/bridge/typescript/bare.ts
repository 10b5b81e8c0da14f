/** Every fop is left to the child, and so is its reply. */
import { tailArgs } from 'glossa';
import { every } from './shapes.ts';

export default every(
  ({ name }) =>
    (frame, xl, args) =>
      tailArgs[name](frame, xl.children[0]!, args),
);
