/**
 * Translators in TypeScript or JavaScript that are not part of the runtime: a file whose default
 * export is a translator record, as those of `runtime/xlators` are. It runs in the process itself,
 * as quick as those and as free: there is no sandbox.
 */

import { checkForeign } from '../machine/node/foreign-files.ts';
import { checkFile, extensions, loadFile } from './load.ts';
import type { Provider } from './provider.ts';
import { checkRecord } from './record.ts';

export const typescript: Provider = {
  extensions,
  check: checkFile,
  async load(path, xl) {
    const files: string[] = [];
    const exports = loadFile(path, {}, (file, isOwn) => {
      checkForeign(xl, file);
      if (isOwn) files.push(file);
    });
    return { record: checkRecord(path, exports), files };
  },
};
