/** The translator under test, by the name that a test gives its module. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InitError } from '../../runtime/core/errors.ts';
import type { VolumeSpec } from '../../runtime/core/graph.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import glupy from '../glupy.ts';
import { languageOf } from '../languages.ts';

/** Where a test has given its options, as messages have it. */
export const optionsOf = (module: string): string => `the options of ${module}`;

/** A module's translator, and the options that load the module. */
export async function translatorFor(
  module: string,
  baseDir: string,
  given: Readonly<Record<string, string>>,
): Promise<Pick<VolumeSpec, 'translator' | 'options'>> {
  const where = optionsOf(module);
  const options = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([key, value]) => ({ key, value, where }));
  // One whose name has no ending is found by features/glupy.
  if (languageOf(module)?.hosted !== null) {
    const translator = glupy as unknown as Translator<unknown>;
    return { translator, options: options({ 'module-name': module, ...given }) };
  }
  const path = resolve(baseDir, module);
  if (!existsSync(path)) throw new InitError(`${path} is not there`);
  const { default: native } = await import('../native/index.ts');
  const translator = native as unknown as Translator<unknown>;
  return { translator, options: options({ 'module-path': path, ...given }) };
}
