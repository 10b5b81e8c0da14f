/** Holds the module's translator; null until `create` (bridge.ts) has made it. */
import type { Translator } from './translator.ts';

export const loaded: { translator: Translator | null } = { translator: null };
