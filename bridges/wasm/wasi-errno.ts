/**
 * Explains errno numbers of a module that are wasi-libc's own instead of Linux's: its ENOENT is 44.
 *
 * Source: wasi-libc, libc-bottom-half/headers/public/wasi/api.h (`__WASI_ERRNO_*`).
 */
import { errnoNames, errnoNumbers } from '../../runtime/core/errno.ts';

/** WASI's names by number, from 0. */
const WASI_NAMES = (
  'SUCCESS E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBADMSG EBUSY ' +
  'ECANCELED ECHILD ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDESTADDRREQ EDOM EDQUOT EEXIST ' +
  'EFAULT EFBIG EHOSTUNREACH EIDRM EILSEQ EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR ELOOP EMFILE ' +
  'EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENETDOWN ENETRESET ENETUNREACH ENFILE ENOBUFS ENODEV ' +
  'ENOENT ENOEXEC ENOLCK ENOLINK ENOMEM ENOMSG ENOPROTOOPT ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ' +
  'ENOTRECOVERABLE ENOTSOCK ENOTSUP ENOTTY ENXIO EOVERFLOW EOWNERDEAD EPERM EPIPE EPROTO ' +
  'EPROTONOSUPPORT EPROTOTYPE ERANGE EROFS ESPIPE ESRCH ESTALE ETIMEDOUT ETXTBSY EXDEV ENOTCAPABLE'
).split(' ');

/** The last number that WASI and Linux share without a sign of a mistake. */
const LAST_COMMON = 40;
/** Numbers of Linux's above it, which file operations have; the others are of STREAMS and the like. */
const OF_FILES: ReadonlySet<number> = new Set([
  errnoNumbers.ENODATA,
  errnoNumbers.EPROTO,
  errnoNumbers.EBADMSG,
  errnoNumbers.EOVERFLOW,
]);

/** Explains an errno that no file operation has on Linux; undefined for a usual one. */
export function explainErrno(errno: number): string | undefined {
  if (errno <= LAST_COMMON || errno >= WASI_NAMES.length || OF_FILES.has(errno)) return undefined;
  const linuxName = errnoNames.find((name) => errnoNumbers[name] === errno) ?? 'no errno';
  return (
    `${errno} is ${linuxName} on Linux, and ${WASI_NAMES[errno]} in wasi-libc: the numbers that cross ` +
    'are those of Linux, as glossa.h defines them'
  );
}
