/**
 * Starts the thread of an isolated volume: a Node worker that runs `bridges/isolated-volume.ts`.
 */
import { Worker } from 'node:worker_threads';
import { makeBuiltPath } from '../../../runtime/sys/paths.ts';
import type { StartThread } from '../../host/machine.ts';

const MIB = 2 ** 20;
/** The least heap with which V8 starts a worker. */
const MIN_HEAP_MIB = 64;

let threadCount = 0;

/** Counts the threads that have not ended. */
export const countThreads = (): number => threadCount;

/** Starts a thread; `onEnd` gets the reason if the thread ends before `terminate`. */
export const startThread: StartThread = (name, heapBytes, data, { onWake, onEnd }) => {
  const worker = new Worker(makeBuiltPath('bridges/isolated-volume.cjs'), {
    workerData: data,
    name,
    execArgv: [],
    resourceLimits: {
      maxOldGenerationSizeMb: Math.max(MIN_HEAP_MIB, Math.ceil(heapBytes / MIB)),
    },
  });
  threadCount += 1;
  let endReason = 'it ended by itself';
  let isTerminating = false;
  worker.on('message', onWake);
  worker.on('error', (error: Error & { code?: string }) => {
    endReason =
      error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out of memory' : (error.stack ?? `${error}`);
  });
  worker.on('exit', () => {
    threadCount -= 1;
    if (!isTerminating) onEnd(endReason);
  });
  return {
    wake: () => worker.postMessage(0),
    setKeepsProcess(keepsProcess) {
      if (keepsProcess) worker.ref();
      else worker.unref();
    },
    async terminate() {
      isTerminating = true;
      await worker.terminate();
    },
  };
};
