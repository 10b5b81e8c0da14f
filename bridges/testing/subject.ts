/** Finds the translator under test by its module's name, on Node. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InitError } from '../../runtime/core/errors.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import glupy from '../glupy.ts';
import { findLanguage } from '../languages.ts';
import type { FindTranslator } from './clock.ts';
import { optionsFor } from './subject-options.ts';

export const translatorFor: FindTranslator = async (module, baseDir, given) => {
  const options = (all: Readonly<Record<string, string>>) => optionsFor(module, all);
  // features/glupy finds names without an extension.
  if (findLanguage(module)?.hosted !== null) {
    const translator = glupy as unknown as Translator<unknown>;
    return { translator, options: options({ 'module-name': module, ...given }) };
  }
  const path = resolve(baseDir, module);
  if (!existsSync(path)) throw new InitError(`${path} is not there`);
  const { default: native } = await import('../native/index.ts');
  const translator = native as unknown as Translator<unknown>;
  return { translator, options: options({ 'module-path': path, ...given }) };
};
