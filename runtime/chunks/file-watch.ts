/** Watches files and sends notices through features/watch, for `ChunkStore` and for locks. */
import { FileError } from '../api/file-error.ts';
import type { Volume } from '../api/volume.ts';
import { EBADMSG, EOPNOTSUPP } from '../core/errno.ts';
import {
  NOTIFY_XATTR,
  WATCH_XATTR,
  type WatchEvent,
  type WatchReply,
} from '../xlators/features/watch/notices.ts';

export type { WatchEvent };

/** Errors of a volume without features/watch, which passes the extended attribute to the storage. */
const UNKNOWN_XATTR: ReadonlySet<unknown> = new Set(['ENODATA', 'EOPNOTSUPP']);

/** The volume has no volume of features/watch, so that nothing in it can be waited for. */
export class NoWatchError extends FileError {
  constructor(path: string) {
    super(EOPNOTSUPP, 'watch', path);
    this.message += ': put features/watch at the top of the volfile';
  }
}

/**
 * Waits for events of a file. Without a cursor, returns the present one at once.
 * @throws {NoWatchError}, {FileError}
 */
export async function waitForEvents(
  volume: Volume,
  path: string,
  cursor?: string,
): Promise<WatchReply> {
  const name = cursor === undefined ? WATCH_XATTR : `${WATCH_XATTR}.${cursor}`;
  let value: Uint8Array;
  try {
    value = await volume.getxattr(path, name);
  } catch (error) {
    if (UNKNOWN_XATTR.has((error as FileError).code)) throw new NoWatchError(path);
    throw error;
  }
  try {
    return JSON.parse(new TextDecoder().decode(value)) as WatchReply;
  } catch {
    // A storage below has an extended attribute of this name.
    throw new FileError(EBADMSG, 'watch', path);
  }
}

/**
 * Begins to watch a file. Once the promise resolves, no event is missed, also between two steps of the iteration. It
 * ends when the file is removed or the volume's signal is aborted.
 * @throws {NoWatchError}, {FileError} ENOENT
 */
export async function watchFile(
  volume: Volume,
  path: string,
): Promise<AsyncGenerator<WatchEvent, void>> {
  const { cursor } = await waitForEvents(volume, path);
  return iterateEvents(volume, path, cursor);
}

/** Yields the events of a file after a cursor. @throws {FileError} ENOENT if the file was absent from the beginning */
export async function* iterateEvents(
  volume: Volume,
  path: string,
  start: string,
): AsyncGenerator<WatchEvent, void> {
  for (let cursor = start; ; ) {
    const reply = await waitForEvents(volume, path, cursor);
    ({ cursor } = reply);
    yield* reply.events;
    if (reply.events.some(({ kind }) => kind === 'removed')) return;
  }
}

/** Sends a notice to all watchers of a file. @param text at most 1024 bytes */
export async function notifyWatchers(volume: Volume, path: string, text: string): Promise<void> {
  await volume.setxattr(path, NOTIFY_XATTR, text);
}
