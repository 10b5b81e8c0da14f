/** Implements granted files for a browser, which has no files. */
import { EACCES } from '../../../runtime/core/errno.ts';
import type { GrantedFiles } from '../../host/machine.ts';

/** Refuses each call; `findGrantState` reports that no path is granted. */
export const noFiles = new Proxy({} as GrantedFiles, {
  get: (_, name) => () => (name === 'findGrantState' ? 0 : -EACCES),
});
