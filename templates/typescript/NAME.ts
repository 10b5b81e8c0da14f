/** Keeps files with a certain ending from being removed. */
import { defineOptions, defineTranslator, EPERM, type Fop, fail, printable, tail } from 'glossa';

const options = defineOptions({
  suffix: { type: 'str', default: '.keep', description: 'Names that end so are kept.' },
});

interface State {
  readonly suffix: string;
  refused: number;
}

const unlink: Fop<'unlink', State> = (frame, xl, loc, xflag, xdata) => {
  const { priv } = xl;
  if (loc.name?.endsWith(priv.suffix)) {
    priv.refused += 1;
    xl.log.info(`${printable(loc.path)} stays`);
    fail.unlink(frame, EPERM);
  } else {
    tail.unlink(frame, xl.children[0]!, loc, xflag, xdata);
  }
};

export default defineTranslator<State, typeof options>({
  type: 'features/{{NAME}}',
  description: 'Keeps files with a certain ending from being removed.',
  children: [1, 1],
  options,
  fops: { unlink },
  init: (_xl, { suffix }) => ({ suffix, refused: 0 }),
  dump: ({ priv }) => ({ refused: priv.refused }),
});
