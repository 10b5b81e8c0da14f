/**
 * Starts the worker that runs a graph, from a blob: such a worker inherits the page's
 * Content-Security-Policy. Also lists the features that it needs and the browser lacks.
 */
import type { LostCall, Question } from '../play/protocol.ts';
import type { Parts } from './interpreter-parts.ts';
import { OPENING_ID, type SessionSettings, type WorkerLike } from './worker-session.ts';

/**
 * Returns the function by which a session starts a worker, and sends it the interpreters' parts.
 */
export function makeWorkerStarter({
  interpreters,
  worker: program,
}: Parts): SessionSettings['makeWorker'] {
  const blob = new Blob([program], { type: 'text/javascript' });
  return (onLostCall) => {
    const url = URL.createObjectURL(blob);
    const worker = new Worker(url, { name: 'glossa graph' });
    URL.revokeObjectURL(url);
    // The watchdog of calls reports through its own port while the graph's thread is busy.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => onLostCall(data as LostCall['lost']);
    const body = { parts: interpreters, lost: port2 };
    const opening: Question<'open'> = { id: OPENING_ID, kind: 'open', body };
    worker.postMessage(opening, [port2]);
    return worker as WorkerLike;
  };
}

/**
 * The browser's features that are needed to start a worker, and to run the runtime and its
 * interpreters. Shared memory is optional; without it, the log names the limits.
 */
const neededFeatures = [
  ...['WebAssembly', 'Worker', 'MessageChannel', 'Blob', 'URL.createObjectURL'],
  ...['DecompressionStream', 'Response', 'TextDecoder', 'crypto.getRandomValues'],
  ...['Atomics', 'BigInt64Array', 'BigUint64Array', 'WeakRef', 'FinalizationRegistry'],
];

/** Returns the names of the needed features that the browser lacks. */
export const findMissingFeatures = (): string[] =>
  neededFeatures.filter(
    (path) =>
      path
        .split('.')
        .reduce<unknown>(
          (value, name) => (value as Record<string, unknown> | undefined)?.[name],
          globalThis,
        ) === undefined,
  );
