/** Logs created and removed names, with every fop async. */
import { xlator as hooks } from './hooks.js';
import { later } from './late.js';
import { every } from './shapes.js';

export const xlator = every({ fop: later }, hooks);
