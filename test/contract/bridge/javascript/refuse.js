/** Fails every fop. */
import { EDQUOT } from 'glossa';
import { every } from './shapes.js';

export const xlator = every({ fop: () => (frame) => frame.fail(EDQUOT) });
