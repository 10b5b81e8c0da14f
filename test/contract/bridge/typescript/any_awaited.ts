/** Sees every fop by an observer of all fops, which passes them on itself. */
import { defineTranslator, fopNames, taps } from 'glossa';
import { fopName, plain } from './shapes.ts';

export default defineTranslator({
  ...plain,
  options: {},
  fops: taps<null>(
    fopNames,
    (_frame, xl, fop) => {
      xl.log.info(`down ${fopName(fop)}`);
      return 0;
    },
    (_frame, xl, _fop, opRet) => xl.log.info(`up ${opRet}`),
  ),
  init: () => null,
});
