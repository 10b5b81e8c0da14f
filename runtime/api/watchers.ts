/** Makes the functions of Node's `fs` that watch: by events, and by polling attributes. */

import type { EventEmitter } from 'node:events';
import { addAbortListener, removeAbortListener } from './abort-listeners.ts';
import { readOptions, toPath } from './arguments.ts';
import type { Stats } from './stats.ts';
import type { VolumeSteps } from './volume-steps.ts';
import { type WatchOptions, watchWithEmitter } from './watch.ts';

/** Milliseconds between two polls, as in Node. */
const DEFAULT_INTERVAL_MS = 5007;

type WatchListener = (eventType: string, filename: string | Uint8Array) => void;
type StatListener = (current: Stats, previous: Stats) => void;

/** The polling of one path's attributes for `watchFile`. */
interface Poll {
  readonly listeners: Set<StatListener>;
  readonly timer: ReturnType<typeof setInterval>;
}

/** Makes `watch`, `watchFile` and `unwatchFile` of a volume. */
export function makeWatchers(volume: VolumeSteps): object {
  const polls = new Map<string, Poll>();
  const { EventEmitter: EventEmitterClass } = globalThis.process?.getBuiltinModule?.(
    'node:events',
  ) ?? { EventEmitter: undefined };

  function watch(path: unknown, ...rest: unknown[]): EventEmitter {
    if (EventEmitterClass === undefined) throw new Error('a browser watches by volume.watch');
    const listener = rest.find((arg) => typeof arg === 'function') as WatchListener | undefined;
    const options = readOptions(
      typeof rest[0] === 'function' ? undefined : rest[0],
    ) as WatchOptions;
    const watcher = new EventEmitterClass();
    if (listener !== undefined) watcher.on('change', listener);
    const endWatch = watchWithEmitter(volume, watcher, toPath(path), options);
    const close = (): void => {
      removeAbortListener(options.signal, abortListener);
      endWatch();
    };
    const abortListener = { handleAbort: close };
    addAbortListener(options.signal, abortListener);
    const getWatcher = (): EventEmitter => watcher;
    return Object.assign(watcher, {
      close,
      // A watch has no timer that would keep the process alive.
      ref: getWatcher,
      unref: getWatcher,
      [Symbol.dispose]: close,
    });
  }

  function watchFile(path: unknown, ...rest: unknown[]): void {
    const pathText = toPath(path);
    const listener = rest.at(-1) as StatListener;
    const options = readOptions(rest.length > 1 ? rest[0] : undefined);
    const poll =
      polls.get(pathText) ?? startPoll(pathText, Number(options.interval ?? DEFAULT_INTERVAL_MS));
    poll.listeners.add(listener);
    polls.set(pathText, poll);
  }

  function startPoll(path: string, intervalMs: number): Poll {
    const listeners = new Set<StatListener>();
    let previous: Stats | undefined;
    const sample = async (): Promise<void> => {
      const options = { throwIfNoEntry: false };
      const current = (await volume.run(volume.stat(path, options))) as Stats | undefined;
      if (previous !== undefined && current !== undefined && hasChanged(previous, current)) {
        for (const listener of listeners) listener(current, previous);
      }
      previous = current ?? previous;
    };
    const pollIfOpen = (): void => {
      // The timer of a closed volume would keep the process alive.
      if (volume.client.isClosed) unwatchFile(path);
      // After a failure the next poll may succeed.
      else sample().catch(() => {});
    };
    pollIfOpen();
    const timer = setInterval(pollIfOpen, intervalMs);
    return { listeners, timer };
  }

  function unwatchFile(path: unknown, listener?: StatListener): void {
    const pathText = toPath(path);
    const poll = polls.get(pathText);
    if (poll === undefined) return;
    if (listener === undefined) poll.listeners.clear();
    else poll.listeners.delete(listener);
    if (poll.listeners.size > 0) return;
    clearInterval(poll.timer);
    polls.delete(pathText);
  }

  return { watch, watchFile, unwatchFile };
}

const hasChanged = (previous: Stats, current: Stats): boolean =>
  previous.mtimeMs !== current.mtimeMs ||
  previous.ctimeMs !== current.ctimeMs ||
  previous.size !== current.size;
