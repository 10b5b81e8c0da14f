/** Replaces every argument, and passes the reply unseen. */
import { tailArgs } from 'glossa';
import { change, every } from './shapes.ts';

export default every(
  ({ name, args: row }) =>
    (frame, xl, args) =>
      tailArgs[name](frame, xl.children[0]!, change(row, args)),
);
