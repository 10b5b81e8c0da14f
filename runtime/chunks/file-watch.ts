/** Watches files and sends notices through features/watch, for `ChunkStore` and for locks. */
import { FileError } from '../api/file-error.ts';
import type { Volume } from '../api/volume.ts';
import type { VolumeObject } from '../api/volume-object.ts';
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

/** Watches one file, also if its name comes to another file. */
export class FileWatch {
  private readonly path: string;
  private readonly object: VolumeObject;

  private constructor(path: string, object: VolumeObject) {
    this.path = path;
    this.object = object;
  }

  /** @throws {FileError} ENOENT */
  static async open(volume: Volume, path: string): Promise<FileWatch> {
    return new FileWatch(path, await volume.object(path));
  }

  /**
   * Waits for events after a cursor. Without one, returns the present cursor at once.
   * @throws {NoWatchError}, {FileError}
   */
  async wait(cursor?: string, signal?: AbortSignal): Promise<WatchReply> {
    const name = cursor === undefined ? WATCH_XATTR : `${WATCH_XATTR}.${cursor}`;
    const args: [string, object?] = signal === undefined ? [name] : [name, { signal }];
    let value: Uint8Array;
    try {
      value = await this.object.getxattr(...(args as [string]));
    } catch (error) {
      if (UNKNOWN_XATTR.has((error as FileError).code)) throw new NoWatchError(this.path);
      throw error;
    }
    try {
      return JSON.parse(new TextDecoder().decode(value)) as WatchReply;
    } catch {
      // A storage below has an extended attribute of this name.
      throw new FileError(EBADMSG, 'watch', this.path);
    }
  }

  /** Yields the events after a cursor, until the file is removed or the signal is aborted. */
  async *iterate(start: string, signal?: AbortSignal): AsyncGenerator<WatchEvent, void> {
    for (let cursor = start; ; ) {
      const reply = await this.wait(cursor, signal);
      ({ cursor } = reply);
      yield* reply.events;
      if (reply.events.some(({ kind }) => kind === 'removed')) return;
    }
  }
}

/**
 * Begins to watch a file. Once the promise resolves, no event is missed, also between two steps of the iteration. It
 * ends when the file is removed or the signal is aborted.
 * @throws {NoWatchError}, {FileError} ENOENT
 */
export async function watchFile(
  volume: Volume,
  path: string,
  signal?: AbortSignal,
): Promise<AsyncGenerator<WatchEvent, void>> {
  const watch = await FileWatch.open(volume, path);
  const { cursor } = await watch.wait(undefined, signal);
  return watch.iterate(cursor, signal);
}

/** Sends a notice to all watchers of a file. @param text at most 1024 bytes */
export async function notifyWatchers(volume: Volume, path: string, text: string): Promise<void> {
  await volume.setxattr(path, NOTIFY_XATTR, text);
}
