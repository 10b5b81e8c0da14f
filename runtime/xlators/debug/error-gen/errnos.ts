/**
 * The errnos that each fop may fail with when `error-no` is not set: GlusterFS's lists, and EIO for the
 * fops that GlusterFS's error-gen does not know.
 *
 * Source: GlusterFS `xlators/debug/error-gen/src/error-gen.c`, `error_no_list`.
 */
import { type ErrnoName, errnoNumbers } from '../../../core/errno.ts';
import { findFop } from '../../../core/fops.ts';
import { type FopName, fopNames } from '../../../core/gen/fops.gen.ts';

/** A value of `error-no` that is no errno: the write takes half of the data. */
export const SHORT_WRITE = 'GF_ERROR_SHORT_WRITE';
/** The number that stands for it here. */
export const SHORT = -1;

type ErrorName = ErrnoName | typeof SHORT_WRITE;

/** The values of `error-no`. */
export const errorNames = (
  'ENOENT ENOTDIR ENAMETOOLONG EACCES EBADF EFAULT ENOMEM EINVAL EIO EEXIST ENOSPC EPERM EROFS EBUSY ' +
  `EISDIR ENOTEMPTY EMLINK ENODEV EXDEV EMFILE ENFILE ENOSYS EINTR EFBIG EAGAIN ${SHORT_WRITE}`
).split(' ') as readonly ErrorName[];

const MAKES = 'EACCES EEXIST EFAULT ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EPERM EROFS';
const OPENS = 'EACCES EEXIST EFAULT EISDIR EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT';
const READS = 'EINVAL EBADF EFAULT EISDIR ENAMETOOLONG';
const LISTS = 'EINVAL EACCES EBADF EMFILE ENOENT';
const SETS = 'EACCES EFAULT EIO ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS';
const SYNCS = 'EBADF EIO EROFS EINVAL';
const CUTS = 'EACCES EFAULT EFBIG EINTR EINVAL EIO EISDIR ENAMETOOLONG ENOENT';
const BY_PATH = 'EACCES ENAMETOOLONG EINTR';
const BY_FD = 'EACCES EBADF ENAMETOOLONG EINTR';

const lists: { readonly [N in FopName]?: string } = {
  lookup: 'ENOENT ENOTDIR ENAMETOOLONG EAGAIN',
  stat: 'EACCES EFAULT ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
  readlink: 'EACCES EFAULT EINVAL EIO ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
  mknod: `${MAKES} EINVAL`,
  mkdir: MAKES,
  unlink: 'EACCES EBUSY EFAULT EIO EISDIR ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS',
  rmdir: 'EACCES EBUSY EFAULT ENOMEM ENOTDIR ENOTEMPTY EPERM EROFS',
  symlink: `${MAKES} EIO`,
  rename:
    'EACCES EBUSY EFAULT EINVAL EISDIR EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EEXIST EXDEV',
  link: `${MAKES} EIO EMLINK EXDEV`,
  truncate: CUTS,
  create: OPENS,
  open: `${OPENS} ENOMEM`,
  readv: READS,
  writev: `${READS} ENOSPC ${SHORT_WRITE}`,
  statfs: 'EACCES EFAULT EINTR EIO ENAMETOOLONG ENOENT ENOMEM ENOSYS ENOTDIR',
  flush: 'EACCES EFAULT ENAMETOOLONG ENOSYS ENOENT',
  fsync: SYNCS,
  setxattr: BY_PATH,
  getxattr: BY_PATH,
  removexattr: BY_PATH,
  fsetxattr: BY_FD,
  fgetxattr: BY_FD,
  fremovexattr: BY_FD,
  opendir: 'EACCES EEXIST EFAULT EISDIR EMFILE ENAMETOOLONG ENFILE ENODEV',
  readdir: LISTS,
  readdirp: LISTS,
  fsyncdir: SYNCS,
  access: 'EACCES ENAMETOOLONG ENOENT ENOTDIR EROFS EFAULT EINVAL EIO',
  ftruncate: CUTS,
  fstat: 'EACCES EBADF EFAULT ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
  lk: 'EACCES EFAULT ENOENT EINTR',
  xattrop: 'EACCES EFAULT ENAMETOOLONG ENOSYS ENOENT',
  fxattrop: SYNCS,
  inodelk: BY_PATH,
  finodelk: BY_FD,
  entrylk: BY_PATH,
  fentrylk: `${OPENS} ENOMEM`,
  setattr: SETS,
  fsetattr: `${SETS} EBADF`,
  getspec: BY_PATH,
};

/** The number of an error's name. */
export const errorNumber = (name: ErrorName): number =>
  name === SHORT_WRITE ? SHORT : errnoNumbers[name];

/** By the fop's number. */
export const errnosOf: readonly (readonly number[] | undefined)[] = (() => {
  const byNumber: number[][] = [];
  for (const name of fopNames) {
    const names = (lists[name] ?? 'EIO').split(' ') as ErrorName[];
    byNumber[findFop(name)!.number] = names.map(errorNumber);
  }
  return byNumber;
})();
