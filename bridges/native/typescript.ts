/**
 * Loads users' translators in TypeScript or JavaScript for features/native: files whose default
 * export is a translator record, like those of `runtime/xlators`. They run inside the process, as
 * fast as those and without a sandbox.
 */

import { basename } from 'node:path';
import type { LogSource } from '../../runtime/core/log.ts';
import { warnForeignWritable } from '../machine/node/foreign-files.ts';
import { checkFile, extensions, loadFile } from './load.ts';
import type { Provider } from './provider.ts';
import { checkRecord } from './translator-check.ts';

/** The innermost calls among which the user's is looked for: the core's and the generated ones are fewer. */
const MAX_CALLS = 12;
/** A call in the text of a stack: `at mkdir (FILE:LINE:COLUMN)`. */
const CALL = /^ *at (?:(?:async )?(.+) \()?(.+):(\d+):\d+\)?$/;

/** Finds the innermost call of the current stack that is in one of the files; null without one. */
function locateCall(files: readonly string[]): LogSource | null {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = MAX_CALLS;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  for (const text of stack.split('\n')) {
    const call = CALL.exec(text);
    if (call !== null && files.includes(call[2]!))
      return { file: basename(call[2]!), line: Number(call[3]), func: call[1] ?? '-' };
  }
  return null;
}

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
    return { record: checkRecord(path, exports), files, locate: () => locateCall(files) };
  },
};
