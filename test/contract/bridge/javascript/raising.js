/** Fails every fop by an error that carries an errno. */
import { EDQUOT, FopError } from 'glossa';
import { every } from './shapes.js';

export const xlator = every({
  fop: () => async () => {
    throw new FopError(EDQUOT, 'over quota');
  },
});
