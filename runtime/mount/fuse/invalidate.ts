/**
 * Taking back what the kernel was told it may believe, before its time is over.
 *
 * The kernel may have to wait for a lock that a request holds which waits for our answer. So these
 * messages are written beside the event loop, never by the pump's thread, and their promises must
 * not be awaited before the requests at hand are answered.
 */
import { encodeNameInto, nameLength } from '../../core/bytes.ts';
import type { Inode } from '../../core/inode.ts';
import { callAsync } from '../../sys/call.ts';
import { F_DUPFD_CLOEXEC } from '../../sys/constants.ts';
import { close, fcntl } from '../../sys/libc.ts';
import { encodeInvalEntry, encodeInvalInode, INVAL_ENTRY_NAME } from './codec/notify.ts';
import { OUT_HEADER_SIZE } from './protocol.ts';

const writeAsync = callAsync('int64 write(int fd, const void *from, uint64 count)');
const INVAL_INODE_SIZE = OUT_HEADER_SIZE + 24;

/** Attributes of an inode, and with `data` also what of its data is cached. */
export async function invalidateInode(fd: number, inode: Inode, data: boolean): Promise<void> {
  const bytes = new Uint8Array(new ArrayBuffer(INVAL_INODE_SIZE));
  const offset = data ? 0 : -1;
  const length = encodeInvalInode(new DataView(bytes.buffer), inode.id, offset, 0);
  await send(fd, bytes, length);
}

/** What a name leads to, or that it leads nowhere. @throws {NameError} for a name that is none. */
export async function invalidateEntry(fd: number, parent: Inode, name: string): Promise<void> {
  const bytes = new Uint8Array(new ArrayBuffer(INVAL_ENTRY_NAME + nameLength(name) + 1));
  const nameBytes = encodeNameInto(name, bytes, INVAL_ENTRY_NAME);
  const length = encodeInvalEntry(new DataView(bytes.buffer), parent.id, nameBytes);
  await send(fd, bytes, length);
}

/**
 * Through a descriptor of its own: the mount's may be closed, and its number be another file's, by
 * the time of the write. That the write fails means that the kernel knew nothing of it, or is gone:
 * either way it believes nothing.
 */
async function send(fd: number, bytes: Uint8Array, length: number): Promise<void> {
  const own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return;
  await writeAsync(own, bytes, length);
  close(own);
}
