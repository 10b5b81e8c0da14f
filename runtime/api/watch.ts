/**
 * Watches files of a volume: reports changes through its own graph, and those of other clients if the
 * bricks report them (UPCALL, with `cache-invalidation on`).
 */
/// <reference types="node" preserve="true" />
import type { EventEmitter } from 'node:events';
import { type FopRow, fops } from '../core/fops.ts';
import type { Frame } from '../core/frame.ts';
import type { Hop, Observer } from '../core/observer.ts';
import { Fd, joinPath, Loc } from '../core/operands.ts';
import { isUpcall, type Upcall } from '../core/upcall.ts';
import type { Xlator } from '../core/xlator.ts';
import { toEncodedName } from './arguments.ts';
import { withErrorContext } from './file-error.ts';
import { type Steps, startSteps, type Wait } from './steps.ts';
import type { VolumeClient } from './volume-client.ts';
import type { VolumeSteps } from './volume-steps.ts';

/** `rename`: a name was made or removed; `change`: data or attributes have changed. */
type EventType = 'rename' | 'change';
type Listener = (type: EventType, path: string) => void;

/** An event as Node's `fs.watch` reports it. */
export interface WatchEvent {
  readonly eventType: EventType;
  /** The path relative to the watched directory; of a watched file its name. */
  readonly filename: string | Uint8Array;
}

/** The options of Node's `fs.watch`. */
export interface WatchOptions {
  readonly recursive?: boolean;
  readonly encoding?: string;
  readonly signal?: AbortSignal;
}

/** Fops that change data or attributes. The changed file is that of their last loc or fd. */
export const CHANGE_FOPS: ReadonlySet<string> = new Set([
  ...['writev', 'truncate', 'ftruncate', 'fallocate', 'discard', 'zerofill', 'copy_file_range'],
  ...['setattr', 'fsetattr', 'setxattr', 'fsetxattr', 'removexattr', 'fremovexattr'],
]);

/** Fops that make or remove a name. */
export const ENTRY_FOPS: ReadonlySet<string> = new Set(
  fops.filter(({ entry }) => entry.creates ?? entry.removes).map(({ name }) => name),
);

const fopsByNumber = new Map<number, FopRow>(fops.map((row) => [row.number, row]));

/** A request under way that changes files. */
interface ObservedChange extends Hop {
  /** The events to report if the request succeeds. */
  readonly events: readonly [type: EventType, path: string][];
}

/** Reports a change for each successful request that enters the graph and changes a file. */
class ChangeObserver implements Observer {
  private readonly report: Listener;

  constructor(report: Listener) {
    this.report = report;
  }

  wantsFop({ above }: Xlator, fop: string): boolean {
    // Requests enter the graph at the volume without parents.
    return above.length === 0 && (CHANGE_FOPS.has(fop) || ENTRY_FOPS.has(fop));
  }

  wantsRequest(): boolean {
    return true;
  }

  wind(_frame: Frame, _xl: Xlator, fop: number, args: readonly unknown[]): ObservedChange {
    const { name, args: parameters, entry } = fopsByNumber.get(fop)!;
    // The names that the fop makes or removes.
    const locs = parameters.flatMap(({ name: parameter }, index) =>
      parameter === entry.creates || parameter === entry.removes ? [args[index] as Loc] : [],
    );
    if (!CHANGE_FOPS.has(name)) return { events: locs.map((loc) => ['rename', loc.path]) };
    const target = args.findLast((arg) => arg instanceof Loc || arg instanceof Fd);
    const path = target instanceof Fd ? target.inode.path : (target as Loc).path;
    return { events: [['change', path]] };
  }

  unwind(hop: Hop, opRet: number): void {
    if (opRet < 0) return;
    for (const [type, path] of (hop as ObservedChange).events) this.report(type, path);
  }

  notify(): void {}
  noteLogLine(): void {}
  wantsNotes(): boolean {
    return false;
  }
  addNotes(): void {}
}

/** Calls `report` for each change of a volume. @returns a function that ends the calls */
function observeChanges({ graph }: VolumeClient, report: Listener): () => void {
  const stopObserving = graph.observe(new ChangeObserver(report));
  const stopListening = graph.listen((event, data) => {
    if (event === 'UPCALL' && isUpcall(data)) reportUpcall(data, report);
  });
  return () => {
    stopObserving();
    stopListening();
  };
}

/** Reports the change of which an upcall tells. */
function reportUpcall(upcall: Upcall, report: Listener): void {
  if (upcall.kind === 'inode') report('change', upcall.inode.path);
  // An 'every-entry' upcall names no file.
  else if (upcall.kind !== 'every-entry') {
    report('rename', joinPath(upcall.parent.path, upcall.name));
  }
}

/**
 * Reports events of one file or directory, by names relative to it.
 * @returns a function that ends the watch
 */
function watchPath(
  volume: VolumeSteps,
  path: string,
  { recursive = false, encoding }: WatchOptions,
  report: (event: WatchEvent) => void,
  fail: (error: unknown) => void,
): () => void {
  let isEnded = false;
  let stop = (): void => {};
  const startObserving = (realPath: string): void => {
    if (isEnded) return;
    const prefix = realPath === '/' ? '/' : `${realPath}/`;
    stop = observeChanges(volume.client, (eventType, changedPath) => {
      let name: string;
      if (changedPath === realPath) name = realPath.slice(realPath.lastIndexOf('/') + 1);
      else if (changedPath.startsWith(prefix)) name = changedPath.slice(prefix.length);
      else return;
      if (!recursive && name.includes('/')) return;
      report({ eventType, filename: toEncodedName(name, encoding ?? null) });
    });
  };
  startSteps(
    withErrorContext('watch', path, volume.realpath(path)),
    (realPath) => startObserving(realPath as string),
    fail,
  );
  return () => {
    isEnded = true;
    stop();
  };
}

/** Waits until its caller resumes it. @param passResume gets the function that resumes it */
function* waitForResume(passResume: (resume: () => void) => void): Steps<void> {
  const wait: Wait = { start: (operation) => passResume(() => operation.resume(undefined)) };
  yield wait;
}

/** Yields the events of a file or directory, like `fs.promises.watch`. */
export async function* watch(
  volume: VolumeSteps,
  path: string,
  options: WatchOptions = {},
): AsyncGenerator<WatchEvent, void> {
  const { signal = volume.settings.signal } = options;
  const events: WatchEvent[] = [];
  const errors: unknown[] = [];
  let wake: (() => void) | null = null;
  const resume = (): void => {
    wake?.();
    wake = null;
  };
  const stop = watchPath(
    volume,
    path,
    options,
    (event) => {
      events.push(event);
      resume();
    },
    (error) => {
      errors.push(error);
      resume();
    },
  );
  try {
    for (;;) {
      const event = events.shift();
      if (event !== undefined) yield event;
      else if (errors.length > 0) throw errors[0];
      else {
        const waitSteps = waitForResume((fn) => {
          wake = fn;
        });
        await volume.client.run(waitSteps, signal);
      }
    }
  } finally {
    stop();
  }
}

/**
 * Emits the events of a path on `emitter`: in microtasks, so that a listener that throws does not disturb the request.
 * @returns a function that ends the watch, and emits `close`
 */
export function watchWithEmitter(
  volume: VolumeSteps,
  emitter: EventEmitter,
  path: string,
  options: WatchOptions,
): () => void {
  let isClosed = false;
  const stop = watchPath(
    volume,
    path,
    options,
    ({ eventType, filename }) =>
      queueMicrotask(() => void emitter.emit('change', eventType, filename)),
    (error) => queueMicrotask(() => void emitter.emit('error', error)),
  );
  return () => {
    if (isClosed) return;
    isClosed = true;
    stop();
    queueMicrotask(() => void emitter.emit('close'));
  };
}
