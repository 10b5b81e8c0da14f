/** The module's translator, once it is made. */
import type { Translator } from './translator.ts';

export const self: { translator: Translator | null } = { translator: null };
