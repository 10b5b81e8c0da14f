/**
 * Lists the errnos that each fop may fail with when `error-no` is not set: GlusterFS's lists, and EIO for the
 * fops that GlusterFS's error-gen does not know.
 *
 * Source: GlusterFS `xlators/debug/error-gen/src/error-gen.c`, `error_no_list`.
 */
import { type ErrnoName, errnoNumbers } from '../../../core/errno.ts';
import { findFop } from '../../../core/fops.ts';
import { type FopName, fopNames } from '../../../core/gen/fops.gen.ts';

/** A value of `error-no` that is no errno: the write takes half of the data. */
export const SHORT_WRITE = 'GF_ERROR_SHORT_WRITE';
/** Stands for SHORT_WRITE among the errnos. */
export const SHORT_WRITE_ERRNO = -1;

type ErrorName = ErrnoName | typeof SHORT_WRITE;

/** The values of `error-no`. */
export const errorNames = (
  'ENOENT ENOTDIR ENAMETOOLONG EACCES EBADF EFAULT ENOMEM EINVAL EIO EEXIST ENOSPC EPERM EROFS EBUSY ' +
  `EISDIR ENOTEMPTY EMLINK ENODEV EXDEV EMFILE ENFILE ENOSYS EINTR EFBIG EAGAIN ${SHORT_WRITE}`
).split(' ') as readonly ErrorName[];

// Lists that several fops share.
const CREATE_ERRORS = 'EACCES EEXIST EFAULT ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EPERM EROFS';
const OPEN_ERRORS = 'EACCES EEXIST EFAULT EISDIR EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT';
const READ_ERRORS = 'EINVAL EBADF EFAULT EISDIR ENAMETOOLONG';
const LIST_ERRORS = 'EINVAL EACCES EBADF EMFILE ENOENT';
const SETATTR_ERRORS = 'EACCES EFAULT EIO ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS';
const SYNC_ERRORS = 'EBADF EIO EROFS EINVAL';
const TRUNCATE_ERRORS = 'EACCES EFAULT EFBIG EINTR EINVAL EIO EISDIR ENAMETOOLONG ENOENT';
const PATH_ERRORS = 'EACCES ENAMETOOLONG EINTR';
const FD_ERRORS = 'EACCES EBADF ENAMETOOLONG EINTR';

/** The lists, as texts of names; a fop without one fails with EIO. */
const errorsByFop: { readonly [N in FopName]?: string } = {
  lookup: 'ENOENT ENOTDIR ENAMETOOLONG EAGAIN',
  stat: 'EACCES EFAULT ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
  readlink: 'EACCES EFAULT EINVAL EIO ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
  mknod: `${CREATE_ERRORS} EINVAL`,
  mkdir: CREATE_ERRORS,
  unlink: 'EACCES EBUSY EFAULT EIO EISDIR ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS',
  rmdir: 'EACCES EBUSY EFAULT ENOMEM ENOTDIR ENOTEMPTY EPERM EROFS',
  symlink: `${CREATE_ERRORS} EIO`,
  rename:
    'EACCES EBUSY EFAULT EINVAL EISDIR EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EEXIST EXDEV',
  link: `${CREATE_ERRORS} EIO EMLINK EXDEV`,
  truncate: TRUNCATE_ERRORS,
  create: OPEN_ERRORS,
  open: `${OPEN_ERRORS} ENOMEM`,
  readv: READ_ERRORS,
  writev: `${READ_ERRORS} ENOSPC ${SHORT_WRITE}`,
  statfs: 'EACCES EFAULT EINTR EIO ENAMETOOLONG ENOENT ENOMEM ENOSYS ENOTDIR',
  flush: 'EACCES EFAULT ENAMETOOLONG ENOSYS ENOENT',
  fsync: SYNC_ERRORS,
  setxattr: PATH_ERRORS,
  getxattr: PATH_ERRORS,
  removexattr: PATH_ERRORS,
  fsetxattr: FD_ERRORS,
  fgetxattr: FD_ERRORS,
  fremovexattr: FD_ERRORS,
  opendir: 'EACCES EEXIST EFAULT EISDIR EMFILE ENAMETOOLONG ENFILE ENODEV',
  readdir: LIST_ERRORS,
  readdirp: LIST_ERRORS,
  fsyncdir: SYNC_ERRORS,
  access: 'EACCES ENAMETOOLONG ENOENT ENOTDIR EROFS EFAULT EINVAL EIO',
  ftruncate: TRUNCATE_ERRORS,
  fstat: 'EACCES EBADF EFAULT ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
  lk: 'EACCES EFAULT ENOENT EINTR',
  xattrop: 'EACCES EFAULT ENAMETOOLONG ENOSYS ENOENT',
  fxattrop: SYNC_ERRORS,
  inodelk: PATH_ERRORS,
  finodelk: FD_ERRORS,
  entrylk: PATH_ERRORS,
  fentrylk: `${OPEN_ERRORS} ENOMEM`,
  setattr: SETATTR_ERRORS,
  fsetattr: `${SETATTR_ERRORS} EBADF`,
  getspec: PATH_ERRORS,
};

/** Finds the number of a value of `error-no`. */
export const findErrorNumber = (name: ErrorName): number =>
  name === SHORT_WRITE ? SHORT_WRITE_ERRNO : errnoNumbers[name];

/** The errnos that a fop may fail with, by the fop's number. */
export const errnosByFop: readonly (readonly number[] | undefined)[] = (() => {
  const byNumber: number[][] = [];
  for (const name of fopNames) {
    const names = (errorsByFop[name] ?? 'EIO').split(' ') as ErrorName[];
    byNumber[findFop(name)!.number] = names.map(findErrorNumber);
  }
  return byNumber;
})();
