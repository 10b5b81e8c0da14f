/**
 * Declares the interface between a FUSE session and the handlers of its operations (`opcodes.ts`).
 *
 * Rules for handlers
 * - `begin` makes the frame of the current message. The handler replies exactly once, by `fail`,
 *   `reply` or `replyData`, now or later. The session drops and logs a second reply.
 * - Arguments are valid until the handler returns, and bytes from `borrowData` until the reply.
 * - A handler encodes a reply in `out` from `OUT_HEADER_SIZE` on, immediately before `reply`.
 * - An exception in a handler fails its own request with EIO.
 */
import type { Client } from '../../../core/client.ts';
import { EBADF, ESTALE } from '../../../core/errno.ts';
import type { FdTable } from '../../../core/fd-table.ts';
import type { Frame } from '../../../core/frame.ts';
import type { Initiator } from '../../../core/initiator.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Log } from '../../../core/log.ts';
import type { ConvertFlags } from '../../../core/machine-flags.ts';
import { type Fd, Loc } from '../../../core/operands.ts';
import type { Child, GraphView } from '../../../core/xlator.ts';
import type { Capabilities } from '../capabilities.ts';
import type { Cursor, InHeader, Span } from '../codec/cursor.ts';
import type { Validity } from '../codec/reply-structs.ts';
import type { Notices } from '../notices.ts';
import type { PageCachePolicy } from '../page-cache-policy.ts';
import type { Passthrough } from '../passthrough.ts';

/** Makes the loc of a new name, and stores it in `frame.local`. Replies ESTALE for an unknown directory; returns null. */
export function makeNewLoc(
  session: HandlerContext,
  frame: Frame,
  nodeid: number,
  name: string,
): Loc | null {
  const parent = session.graph.inodes.byId.get(nodeid);
  if (parent === undefined) {
    session.fail(frame, ESTALE);
    return null;
  }
  const loc = new Loc(session.graph.inodes.newInode(), parent, name);
  frame.local = loc;
  return loc;
}

/** Makes the loc of an existing name, like `makeNewLoc`. Its inode is new only if the inode table lacks the name. */
export function makeExistingLoc(
  session: HandlerContext,
  frame: Frame,
  nodeid: number,
  name: string,
): Loc | null {
  const { inodes } = session.graph;
  const parent = inodes.byId.get(nodeid);
  if (parent === undefined) {
    session.fail(frame, ESTALE);
    return null;
  }
  const loc = new Loc(parent.children?.get(name) ?? inodes.newInode(), parent, name);
  frame.local = loc;
  return loc;
}

/** Finds the open file of a handle. For an unknown handle, replies EBADF and returns null. */
export function findOpenFd(session: HandlerContext, frame: Frame, handle: number): Fd | null {
  const fd = session.fds.get(handle);
  if (fd !== undefined) return fd;
  session.fail(frame, EBADF);
  return null;
}

export interface HandlerContext {
  readonly graph: GraphView;
  /**
   * The links (core) by which fops are wound to the top of the graph. A fop on an open file uses `Fd.links` instead,
   * because the file may have been opened in an earlier graph.
   */
  readonly links: Child;
  readonly log: Log;
  readonly initiator: Pick<Initiator<unknown>, 'makeGfidRequest'>;
  /** Counts the kernel's lookups and forgets. */
  readonly client: Pick<Client<unknown>, 'lookup' | 'forget'>;
  readonly fds: FdTable;
  /** Sends invalidations to the kernel. */
  readonly notices: Notices;
  readonly pageCachePolicy: PageCachePolicy;
  readonly passthrough: Passthrough;
  readonly capabilities: Capabilities;
  /** Whether passthrough is switched on, and a storage has files that the kernel can read and write itself. */
  readonly mayPassThrough: boolean;
  /** Directories that the kernel has removed: ESTALE from a stat of one becomes ENOENT, as on a disk. */
  readonly removedDirectories: WeakSet<Inode>;
  /** Whether the graph serves locks (`SessionOptions.locks`). */
  readonly servesLocks: boolean;
  /** Whether the kernel enforces ACLs; otherwise the mount has no ACLs (`SessionOptions.acl`). */
  readonly kernelEnforcesAcls: boolean;
  /** Whether the kernel has a writeback cache: it then decides the size and times of files. */
  readonly hasWriteback: boolean;
  /** Converts flags of open(2) from the kernel's numbers. */
  readonly toGraphFlags: ConvertFlags;
  /** Whether the graph has a remote volume, so that each lookup may be a request to a brick. */
  readonly isRemote: boolean;
  /** The mount's timeouts for attributes, names and absent names; 0 for unknown attributes. */
  readonly attrValid: Validity;
  readonly entryValid: Validity;
  readonly negativeValid: Validity;
  readonly unknownValid: Validity;
  /** The memory in which replies are encoded, and a view of it. */
  readonly out: Buffer;
  readonly view: DataView;
  /** Reads the current message, for arguments that are lists. */
  readonly cursor: Cursor;

  /** Begins the request of the current message, with a fop's log name, and returns the frame to wind with. */
  begin(op: string): Frame;
  /** Copies bytes of the current message. */
  copyData(span: Span): Uint8Array;
  /** Returns bytes of the current message without a copy, valid until the reply. */
  borrowData(span: Span): Uint8Array;

  /** Replies with an errno. An errno of 0, or beyond FUSE's range, becomes EIO. */
  fail(frame: Frame, errno: number): void;
  /**
   * Replies with the first `bodyBytes` of the body in `out`. Returns false if the kernel refused the reply.
   * @param errno of a reply whose body reports a failure
   */
  reply(frame: Frame, bodyBytes: number, errno?: number): boolean;
  /** Replies with data. `data` is written to the kernel before the method returns, so its memory may be reused. */
  replyData(frame: Frame, data: Uint8Array): boolean;
  /** Replies to a message that the graph does not serve, such as INIT. Returns minus the errno of the write. */
  replyHeader(header: InHeader, errno: number, bodyBytes: number): number;
  /**
   * Invalidates the kernel's cached attributes of an inode. Handlers call it before the reply of the request
   * that changed them. The kernel handles this notice without waiting (fuse_reverse_inval_inode).
   */
  invalidateAttributes(inode: Inode): void;
  /** Handles an INTERRUPT for the request `unique`: tells the translators that work on it (`interrupts.ts`). */
  interrupt(header: InHeader, unique: number): void;
}

/** Handles an operation with the arguments `A`. The next message overwrites header and arguments. */
export type Handler<A> = (session: HandlerContext, header: InHeader, args: A) => void;
