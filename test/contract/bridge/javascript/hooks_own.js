/** The same with every fop answered without asking the child. */
import { xlator as hooks } from './hooks.js';
import { every } from './shapes.js';

export const xlator = every({ fop: () => (frame) => frame.unwind(0, 0) }, hooks);
