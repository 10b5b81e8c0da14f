/**
 * Translators in TypeScript or JavaScript that are not part of the runtime: a file whose default
 * export is a translator record, as those of `runtime/xlators` are. It runs in the process itself,
 * as quick as those and as free: there is no sandbox.
 */

import { vouch } from '../machine/node/vouch.ts';
import { checkFile, extensions, loadFile } from './load.ts';
import type { Provider } from './provider.ts';
import { checkRecord } from './record.ts';

export const typescript: Provider = {
  extensions,
  check: checkFile,
  async load(path, xl) {
    return checkRecord(
      path,
      loadFile(path, {}, (file) => vouch(xl, file)),
    );
  },
};
