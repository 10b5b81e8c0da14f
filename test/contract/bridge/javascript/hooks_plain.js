/** The same with every fop defined, and handed on for good. */
import { xlator as hooks } from './hooks.js';
import { every } from './shapes.js';

export const xlator = every({ fop: () => (frame) => frame.wind() }, hooks);
