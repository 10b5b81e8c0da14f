/** Holds the module's translator. */
import type { Translator } from './translator.ts';

/**
 * The translator as `current`; null until `create` (bridge.ts) has made it. It is a property, because
 * importers cannot assign to an exported variable.
 */
export const moduleTranslator: { current: Translator | null } = { current: null };
