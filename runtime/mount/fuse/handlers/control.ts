/** Handles the operations on the connection: INIT, INTERRUPT, DESTROY. */

import { ENODEV, ENOENT, EPROTO } from '../../../core/errno.ts';
import { MAX_DATA } from '../../../core/limits.ts';
import { messages } from '../../../core/messages.ts';
import type { InitIn } from '../codec/cursor.ts';
import {
  encodeInitOut,
  INIT_OUT_SIZE,
  type InterruptIn,
  type NoArgs,
} from '../codec/structs.gen.ts';
import {
  ASYNC_DIO,
  ASYNC_READ,
  ATOMIC_O_TRUNC,
  AUTO_INVAL_DATA,
  BIG_WRITES,
  DO_READDIRPLUS,
  DONT_MASK,
  EXPORT_SUPPORT,
  FLOCK_LOCKS,
  HANDLE_KILLPRIV_V2,
  INIT_EXT,
  KERNEL_VERSION,
  MAX_PAGES,
  MINOR_MAX,
  MINOR_MIN,
  OUT_HEADER_SIZE,
  PARALLEL_DIROPS,
  PASSTHROUGH,
  POSIX_ACL,
  POSIX_LOCKS,
  READDIRPLUS_AUTO,
  WRITEBACK_CACHE,
} from '../protocol.ts';
import { READAHEAD_MAX } from '../readahead.ts';
import type { Handler, HandlerContext } from './handler.ts';

/**
 * The features that are requested from the kernel, where it offers them. Not requested:
 * - CACHE_SYMLINKS: targets of a translator may change.
 * - SECURITY_CTX: glossa makes no labels.
 * - SETXATTR_EXT: the storage, which knows the group, decides whether an ACL drops set-group-id.
 * - CREATE_SUPP_GROUP: `request.ts` finds all groups of a caller.
 */
const REQUESTED_FLAGS =
  // Several reads of a file under way at once, as readahead makes them.
  ASYNC_READ |
  ASYNC_DIO |
  // Writes of more than a page, up to MAX_DATA.
  BIG_WRITES |
  MAX_PAGES |
  // Lookups and listings of one directory at once: the graph has no lock to protect.
  PARALLEL_DIROPS |
  // Listings return attributes.
  DO_READDIRPLUS |
  // Drop cached pages when size or mtime changed: other machines may write to the storage.
  AUTO_INVAL_DATA |
  // A file handle (open_by_handle_at(2)) works after the kernel has forgotten the inode, while the table has it.
  EXPORT_SUPPORT |
  // An open with O_TRUNC is one request, and changes the times of an empty file, too.
  ATOMIC_O_TRUNC |
  // A write carries the flag that clears set-user-id; otherwise the kernel asks before every write.
  HANDLE_KILLPRIV_V2 |
  // Requests carry the umask, which does not apply in a directory with a default ACL.
  DONT_MASK |
  // Enables the second word of flags.
  INIT_EXT;

/** The flags that are requested if the graph serves locks; otherwise the kernel manages the locks of this mount. */
const LOCK_FLAGS = POSIX_LOCKS | FLOCK_LOCKS;

/**
 * Selects the flags to request.
 * - POSIX_ACL makes the kernel enforce the storage's ACLs.
 * - Without WRITEBACK_CACHE, writes reach the graph at once and in order.
 * - READDIRPLUS_AUTO requests attributes only for the first entries, and for a program that stats entries: for a
 *   storage of this machine, which reads each entry's attributes from its inode.
 */
const selectRequestedFlags = ({
  kernelEnforcesAcls,
  servesLocks,
  hasWriteback,
  isRemote,
}: HandlerContext): number =>
  REQUESTED_FLAGS |
  (kernelEnforcesAcls ? POSIX_ACL : 0) |
  (servesLocks ? LOCK_FLAGS : 0) |
  (hasWriteback ? WRITEBACK_CACHE : 0) |
  (isRemote ? 0 : READDIRPLUS_AUTO);

/** Bytes of a page, the unit of `maxPages`. */
const PAGE_SIZE = 4096;
/**
 * The most requests in the background, such as readahead, and the number at which the kernel begins to throttle them.
 * Both are GlusterFS's.
 */
const BACKGROUND_MAX = 64;
const CONGESTION_THRESHOLD = 48;
/**
 * The most file systems that may lie one over the other at a backing file. With 1 it may not lie on an overlay, but an
 * overlay may use this mount.
 */
const STACK_DEPTH_MAX = 1;

/** Handles INIT: agrees with the kernel on a version and features. */
export const init: Handler<InitIn> = (session, header, args) => {
  const { major, minor } = args;
  if (major < KERNEL_VERSION || (major === KERNEL_VERSION && minor < MINOR_MIN)) {
    session.log.error(
      `the kernel speaks FUSE ${major}.${minor}, and ${KERNEL_VERSION}.${MINOR_MIN} is needed ` +
        '(Linux 5.4)',
      { msgid: messages.kernelTooOld.id },
    );
    session.replyHeader(header, EPROTO, 0);
    return;
  }
  const flags2 = session.mayPassThrough ? PASSTHROUGH & args.flags2 : 0;
  // A kernel with a newer major repeats INIT with the replied one.
  const agreedMinor = major > KERNEL_VERSION ? MINOR_MAX : Math.min(minor, MINOR_MAX);
  session.notices.setMinor(agreedMinor);
  encodeInitOut(session.view, OUT_HEADER_SIZE, {
    major: KERNEL_VERSION,
    minor: agreedMinor,
    // An upper limit for the kernel's own value; see `readahead.ts`.
    maxReadahead: READAHEAD_MAX,
    flags: selectRequestedFlags(session) & args.flags,
    flags2,
    maxBackground: BACKGROUND_MAX,
    congestionThreshold: CONGESTION_THRESHOLD,
    maxWrite: MAX_DATA,
    timeGran: 1,
    maxPages: MAX_DATA / PAGE_SIZE,
    maxStackDepth: (flags2 & PASSTHROUGH) === 0 ? 0 : STACK_DEPTH_MAX,
  });
  session.passthrough.isSupported = (flags2 & PASSTHROUGH) !== 0;
  const status = session.replyHeader(header, 0, INIT_OUT_SIZE);
  // ENOENT, ENODEV: the mount was unmounted already.
  if (status === -ENOENT || status === -ENODEV) session.log.info('unmounted before it began');
  else if (status < 0) {
    session.log.error('the kernel refused the answer to INIT', {
      errno: -status,
      msgid: messages.initRefused.id,
    });
  } else session.log.info(`FUSE ${major}.${minor} in use`);
};

/** Handles INTERRUPT, which gets a reply only if the interrupted request is unknown. */
export const interrupt: Handler<InterruptIn> = (session, header, args) => {
  session.interrupt(header, args.unique);
};

export const destroy: Handler<NoArgs> = (session, header, _args) => {
  session.replyHeader(header, 0, 0);
};
