/** Holds the module's translator; null until `create` (bridge.ts) has made it. */
import type { Translator } from './translator.ts';

/** The holder of the translator, because importers cannot assign to an exported variable. */
export const loaded: { translator: Translator | null } = { translator: null };
