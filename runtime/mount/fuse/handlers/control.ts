/** The operations about the connection itself: INIT, INTERRUPT, DESTROY. */

import { ENODEV, ENOENT, EPROTO } from '../../../core/errno.ts';
import { MAX_DATA } from '../../../core/limits.ts';
import { messages } from '../../../core/messages.ts';
import type { InitIn } from '../codec/header.ts';
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
import type { Handler, HandlerContext } from './handler.ts';

/**
 * What is asked of the kernel, when it offers it. Not asked for:
 * - CACHE_SYMLINKS: a translator may have targets that change.
 * - SECURITY_CTX: no labels are made here.
 * - SETXATTR_EXT: that an ACL takes set-group-id away is the storage's to see, which knows the group.
 * - CREATE_SUPP_GROUP: what a group may do has been decided by the kernel; who else asks for a
 *   caller's groups finds them all (`request.ts`).
 */
const WANTED =
  // Several reads of a file under way at once, as readahead makes them.
  ASYNC_READ |
  ASYNC_DIO |
  // Writes of more than a page, up to MAX_DATA.
  BIG_WRITES |
  MAX_PAGES |
  // Lookups and listings of one directory at once: the graph has no lock to protect.
  PARALLEL_DIROPS |
  // A listing that is followed by a look at every entry brings the attributes along.
  DO_READDIRPLUS |
  READDIRPLUS_AUTO |
  // Cached pages go when size or time changed: others may write to the storage, too.
  AUTO_INVAL_DATA |
  // A file handle (open_by_handle_at(2)) still leads to its file when the kernel has forgotten the
  // inode, as long as our table has it.
  EXPORT_SUPPORT |
  // An open that empties the file is one request, and changes the times of an empty one, too.
  ATOMIC_O_TRUNC |
  // A write that clears set-user-id says so itself; otherwise the kernel asks before every write.
  HANDLE_KILLPRIV_V2 |
  // In a directory with a default ACL the umask does not count, so the kernel leaves it to us.
  DONT_MASK |
  // There is a second word of flags.
  INIT_EXT;

/** Also asked for where the graph serves locks. Elsewhere the kernel's own are enough for one mount. */
const LOCKS = POSIX_LOCKS | FLOCK_LOCKS;

/**
 * POSIX_ACL unless told otherwise: the kernel enforces the ACLs that the storage has. WRITEBACK_CACHE
 * only when told to: without it, writes reach the graph when they are made, in their order.
 */
const wanted = ({ acl, locks, writeback }: HandlerContext): number =>
  WANTED | (acl ? POSIX_ACL : 0) | (locks ? LOCKS : 0) | (writeback ? WRITEBACK_CACHE : 0);

const PAGE_SIZE = 4096;
/**
 * Requests that no caller waits for, such as readahead: so many at once, and from how many on the
 * kernel makes fewer of them. As GlusterFS.
 */
const BACKGROUND_MAX = 64;
const CONGESTION_THRESHOLD = 48;
/** Backing files must not be on an overlay; in return an overlay may be made of this mount. */
const STACK_DEPTH = 1;

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
  // A newer major is told ours, by the same answer, and asks again.
  const agreed = major > KERNEL_VERSION ? MINOR_MAX : Math.min(minor, MINOR_MAX);
  session.notices.agreed(agreed);
  encodeInitOut(session.view, OUT_HEADER_SIZE, {
    major: KERNEL_VERSION,
    minor: agreed,
    // The kernel keeps its own when that is less; see `readahead.ts`.
    maxReadahead: MAX_DATA,
    flags: wanted(session) & args.flags,
    flags2,
    maxBackground: BACKGROUND_MAX,
    congestionThreshold: CONGESTION_THRESHOLD,
    maxWrite: MAX_DATA,
    timeGran: 1,
    maxPages: MAX_DATA / PAGE_SIZE,
    maxStackDepth: (flags2 & PASSTHROUGH) === 0 ? 0 : STACK_DEPTH,
  });
  session.passthrough.agreed = (flags2 & PASSTHROUGH) !== 0;
  const status = session.replyHeader(header, 0, INIT_OUT_SIZE);
  // ENOENT, ENODEV: whoever mounted it has unmounted it already.
  if (status === -ENOENT || status === -ENODEV) session.log.info('unmounted before it began');
  else if (status < 0) {
    session.log.error('the kernel refused the answer to INIT', {
      errno: -status,
      msgid: messages.initRefused.id,
    });
  } else session.log.info(`FUSE ${major}.${minor} in use`);
};

/** No answer of its own, unless the request is not there. */
export const interrupt: Handler<InterruptIn> = (session, header, args) => {
  session.interrupt(header, args.unique);
};

export const destroy: Handler<NoArgs> = (session, header, _args) => {
  session.replyHeader(header, 0, 0);
};
