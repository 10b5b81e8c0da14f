/** Every type that a volfile may name: the translators written here, and the host of all others. */
import glupy from '../../bridges/host/index.ts';
import type { Translator } from '../core/xlator.ts';
import { Registry } from '../graph/activate.ts';
import { translators } from '../xlators/registry.gen.ts';

export const registry = new Registry([...translators, glupy as unknown as Translator<unknown>]);
