/** Passes every fop on without naming an argument. */
import { every } from './shapes.js';

export const xlator = every({ fop: () => (frame) => frame.wind() });
