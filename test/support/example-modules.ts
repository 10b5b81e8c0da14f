/** Lists the modules of an example: translators, and neither their tests nor programs that use a volume. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const isTest = (file: string): boolean => /(^|\/)test_|\.test\.js$/.test(file);

/** Paths below the example's folder. */
export const listModules = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      /\.(py|js)$/.test(file) &&
      !isTest(file) &&
      !readFileSync(join(folder, file), 'utf8').startsWith('#!'),
  );
