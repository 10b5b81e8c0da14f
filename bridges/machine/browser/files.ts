/** The files that a browser grants a script: none. */
import { EACCES } from '../../../runtime/core/errno.ts';
import type { GrantedFiles } from '../../host/machine.ts';

/** Each call is refused; `state` says that the host knows nothing of a path. */
export const noFiles = new Proxy({} as GrantedFiles, {
  get: (_, name) => () => (name === 'state' ? 0 : -EACCES),
});
