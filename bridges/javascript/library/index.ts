/** The exports of 'glossa': `import { Translator, Option, ENOENT } from 'glossa'`. */
export * from '../../../runtime/core/errno.ts';
export { fops } from '../../../runtime/core/fops.ts';
export { Child, Reply } from './child.ts';
export { Client } from './client.ts';
export { Data, Dict } from './data.ts';
export {
  AlreadyAnswered,
  Cancelled,
  errorcode,
  FopError,
  HandleExpired,
} from './errors.ts';
export { absent, attributes, directory, Files } from './files-class.ts';
export { Frame } from './frame.ts';
export { env, readDir, readFile, readText, writeFile } from './grants.ts';
export { Fd, Inode, Loc } from './inode.ts';
export { Option } from './option.ts';
export { Translator } from './translator.ts';
export {
  Dirent,
  Flock,
  IA_IFBLK,
  IA_IFCHR,
  IA_IFDIR,
  IA_IFIFO,
  IA_IFLNK,
  IA_IFREG,
  IA_IFSOCK,
  IA_INVAL,
  Iatt,
  Lease,
  NULL_GFID,
  ROOT_GFID,
  Statvfs,
} from './values.ts';
