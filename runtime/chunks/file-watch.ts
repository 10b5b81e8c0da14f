/** Watches files and sends notices through features/watch, for `ChunkStore` and for locks. */
import { type Caller, DriverSteps } from '../api/driver-steps.ts';
import { FileError, withErrorContext } from '../api/file-error.ts';
import { FileObjectSteps } from '../api/file-object.ts';
import type { Volume } from '../api/volume.ts';
import type { VolumeClient } from '../api/volume-client.ts';
import { EBADMSG, EOPNOTSUPP } from '../core/errno.ts';
import type { Inode } from '../core/inode.ts';
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
  private readonly client: VolumeClient;
  private readonly caller: Caller;
  private readonly inode: Inode;
  private readonly path: string;

  /** @param path for errors */
  constructor(client: VolumeClient, caller: Caller, inode: Inode, path: string) {
    this.client = client;
    this.caller = caller;
    this.inode = inode;
    this.path = path;
  }

  /** @throws {FileError} ENOENT */
  static async open({ client, settings, steps }: Volume, path: string): Promise<FileWatch> {
    const { inode } = await steps.run(withErrorContext('watch', path, steps.files.find(path)));
    return new FileWatch(client, settings.caller, inode, path);
  }

  /**
   * Waits for events after a cursor. Without one, returns the present cursor at once.
   * @throws {NoWatchError}, {FileError}
   */
  async wait(cursor?: string, signal?: AbortSignal): Promise<WatchReply> {
    const { client, caller, inode, path } = this;
    const name = cursor === undefined ? WATCH_XATTR : `${WATCH_XATTR}.${cursor}`;
    const findRefusal = (): Error | null => client.findRefusal(signal);
    // An abort interrupts all requests of a driver, so that each wait has its own.
    const driver = new DriverSteps(client.graphClient, caller, { findRefusal });
    const reading = new FileObjectSteps(driver, inode).getxattr(name);
    let value: Uint8Array;
    try {
      value = await client.run(withErrorContext('watch', path, reading), signal, driver);
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
