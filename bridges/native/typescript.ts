/**
 * Loads users' translators in TypeScript or JavaScript for features/native: files whose default
 * export is a translator record, like those of `runtime/xlators`. They run inside the process, as
 * fast as those and without a sandbox.
 */

import { warnForeignWritable } from '../machine/node/foreign-files.ts';
import { checkFile, extensions, loadFile } from './load.ts';
import type { Provider } from './provider.ts';
import { checkRecord } from './translator-check.ts';

/** Loads files in TypeScript and JavaScript. */
export const typescriptProvider: Provider = {
  extensions,
  check: checkFile,
  async load(path, xl) {
    /** The files to watch for changes: the user's, without packages. */
    const files: string[] = [];
    const exports = loadFile(path, {}, (file, isOwn) => {
      warnForeignWritable(xl, file);
      if (isOwn) files.push(file);
    });
    return { record: checkRecord(path, exports), files };
  },
};
