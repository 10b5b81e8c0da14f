/** Passes every fop on after its own call has returned. */
import { tailArgs } from 'glossa';
import { every, later } from './shapes.ts';

export default every(
  ({ name }) =>
    (frame, xl, args) =>
      later(xl, 1, () => tailArgs[name](frame, xl.children[0]!, args)),
);
