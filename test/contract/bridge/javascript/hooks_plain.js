/** Logs created and removed names, with every fop defined and passed on. */
import { xlator as hooks } from './hooks.js';
import { every } from './shapes.js';

export const xlator = every({ fop: () => (frame) => frame.wind() }, hooks);
