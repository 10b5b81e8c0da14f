/** Sets timers. */
import {
  type Cbk,
  defineTranslator,
  type Fop,
  Loc,
  Stack,
  unwind,
  wind,
  type Xlator,
} from 'glossa';
import { plain } from './shapes.ts';

interface State {
  count: number;
}

/** Calls `what` again and again until it says no. What it throws is in the log. */
function every(xl: Xlator<State>, ms: number, what: () => boolean): void {
  xl.context.after(ms, () => {
    if (what()) every(xl, ms, what);
  });
}

const again = (xl: Xlator<State>): boolean => {
  xl.priv.count += 1;
  xl.log.info(`again ${xl.priv.count}`);
  return xl.priv.count < 3;
};

const broken = (): void => {
  throw new Error('out of order');
};

/** Logs an exception of a timer, which has no caller to catch it. */
function carefully(xl: Xlator<State>, what: () => void): void {
  try {
    what();
  } catch (error) {
    xl.log.error(`failed: ${(error as Error).message}`);
  }
}

function ask(xl: Xlator<State>): void {
  const frame = xl.begin(new Stack(0, 0, -100, 'STATFS'));
  wind.statfs(frame, 0, asked, xl.children[0]!, new Loc(xl.inodes!.root), null);
}

const asked: Cbk<'statfs', State> = (frame, _cookie, xl, opRet) => {
  xl.end(frame.root);
  xl.log.info(`asked, ${opRet}`);
};

const fsync: Fop<'fsync', State> = (frame, xl) => {
  xl.context.after(50, () => unwind.fsync(frame, 7, 0, null, null, null));
};

export default defineTranslator<State, Record<string, never>>({
  ...plain,
  options: {},
  fops: { fsync },
  init(xl) {
    const { context } = xl;
    const once = (...args: string[]): void => xl.log.info(`once ${args.join(', ')}`);
    context.after(1000, () => once('a', 'b'));
    every(xl, 2000, () => again(xl));
    context.after(3000, () => carefully(xl, broken));
    context.after(5000, () => ask(xl));
    const never = context.after(1000, () => once('never'));
    never();
    return { count: 0 };
  },
});
