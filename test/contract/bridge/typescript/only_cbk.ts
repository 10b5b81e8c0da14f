/** Every reply is passed on by the callback that there is for it. */
import { pass, windArgs } from 'glossa';
import { every } from './shapes.ts';

export default every(
  ({ name }) =>
    (frame, xl, args) =>
      windArgs[name](frame, 0, pass[name] as never, xl.children[0]!, args),
);
