/** Every type that a volfile may name: the translators written here, and those that load others. */
import glupy from '../../bridges/glupy.ts';
import native from '../../bridges/native/index.ts';
import type { Translator } from '../core/xlator.ts';
import { Registry } from '../graph/activate.ts';
import { translators } from '../xlators/registry.gen.ts';

const loaders = [glupy, native] as unknown as readonly Translator<unknown>[];

export const registry = new Registry([...translators, ...loaders]);
