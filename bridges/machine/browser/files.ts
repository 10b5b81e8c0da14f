/** The files that a browser grants a script: none. */
import { EACCES } from '../../../runtime/core/errno.ts';
import type { GrantedFiles } from '../../host/files.ts';

const refuse = (): number => -EACCES;

export const noFiles: GrantedFiles = {
  // A package may see its own folder, of which there is nothing but its modules.
  allow() {},
  state: () => 0,
  stat: refuse,
  list: refuse,
  readlink: refuse,
  openFile: refuse,
  closeFile: refuse,
  fstat: refuse,
  read: refuse,
  write: refuse,
  ftruncate: refuse,
  fsync: refuse,
  truncate: refuse,
  mkdir: refuse,
  rmdir: refuse,
  unlink: refuse,
  rename: refuse,
  setAttributes: refuse,
  close() {},
};
