/** Implements granted files for a browser, which has no files. */
import { EACCES } from '../../../runtime/core/errno.ts';
import type { GrantedFiles } from '../../host/machine.ts';

/** Refuses each call; `state` reports an unknown path. */
export const noFiles = new Proxy({} as GrantedFiles, {
  get: (_, name) => () => (name === 'state' ? 0 : -EACCES),
});
