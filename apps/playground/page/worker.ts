/** Starts the worker that runs a graph: from a blob, which has the policy of this page. */
import type { LostCall, Question } from '../play/protocol.ts';
import type { Parts } from './parts.ts';
import { OPENING, type SessionSettings, type WorkerLike } from './session.ts';

export function workerMaker({
  interpreters,
  worker: program,
}: Parts): SessionSettings['makeWorker'] {
  const blob = new Blob([program], { type: 'text/javascript' });
  return (lost) => {
    const url = URL.createObjectURL(blob);
    const worker = new Worker(url, { name: 'glossa graph' });
    URL.revokeObjectURL(url);
    // What watches over calls tells it of its own, while the graph's thread is busy.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => lost(data as LostCall['lost']);
    const body = { parts: interpreters, lost: port2 };
    const opening: Question<'open'> = { id: OPENING, kind: 'open', body };
    worker.postMessage(opening, [port2]);
    return worker as WorkerLike;
  };
}

/**
 * What a browser has to have for something to run in this page: what the page starts a worker with, and
 * what the runtime and its interpreters use in it. Shared memory is not among it: without it, the log
 * says what that costs.
 */
const NEEDED = [
  ...['WebAssembly', 'Worker', 'MessageChannel', 'Blob', 'URL.createObjectURL'],
  ...['DecompressionStream', 'Response', 'TextDecoder', 'crypto.getRandomValues'],
  ...['Atomics', 'BigInt64Array', 'BigUint64Array', 'WeakRef', 'FinalizationRegistry'],
];

/** What of it is not there. */
export const missing = (): string[] =>
  NEEDED.filter(
    (path) =>
      path
        .split('.')
        .reduce<unknown>(
          (of, name) => (of as Record<string, unknown> | undefined)?.[name],
          globalThis,
        ) === undefined,
  );
