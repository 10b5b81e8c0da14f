/** Finds the translator under test by its module's name, on Node. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InitError } from '../../runtime/core/errors.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import glupy from '../glupy.ts';
import { describeMissingBuild } from '../host/lifecycle/missing-build.ts';
import { findLanguage } from '../languages.ts';
import { sources } from '../machine/node/sources.ts';
import { makeOptions } from './subject-options.ts';
import type { FindTranslator } from './test-context.ts';

export const findSubject: FindTranslator = async (module, baseDir, options) => {
  const makeSubjectOptions = (all: Readonly<Record<string, string>>) => makeOptions(module, all);
  // features/glupy finds names without an extension.
  if (findLanguage(module)?.hosted !== null) {
    const translator = glupy as unknown as Translator<unknown>;
    return { translator, options: makeSubjectOptions({ 'module-name': module, ...options }) };
  }
  const path = resolve(baseDir, module);
  if (!existsSync(path)) {
    const build = describeMissingBuild(path, sources);
    throw new InitError(`${path} is not there${build === undefined ? '' : `: ${build}`}`);
  }
  const { default: native } = await import('../native/index.ts');
  const translator = native as unknown as Translator<unknown>;
  return { translator, options: makeSubjectOptions({ 'module-path': path, ...options }) };
};
