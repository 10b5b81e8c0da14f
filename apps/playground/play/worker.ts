/**
 * Answers the questions of the playground's page (protocol.ts) in a worker. It fetches nothing, so
 * that it can start from a blob under a Content-Security-Policy that forbids connections; the page
 * sends the interpreters' parts.
 */

import { PlaygroundRuntime } from './playground-runtime.ts';
import type { Question, Questions, WorkerAnswer } from './protocol.ts';

/** The parts of the worker's global scope that are used. */
interface WorkerScope {
  onmessage: ((message: { readonly data: Question }) => void) | null;
  postMessage(message: WorkerAnswer): void;
}

const scope = globalThis as unknown as WorkerScope;
/** The playground; null before the question `open`. */
let runtime: PlaygroundRuntime | null = null;

/** Returns the playground. @throws {Error} before the question `open` */
const requireRuntime = (): PlaygroundRuntime => {
  if (runtime === null) throw new Error("the worker was not given the interpreters' parts yet");
  return runtime;
};

/** The functions that answer questions, by the kind of question. */
const handlers: {
  readonly [K in keyof Questions]: (body: Questions[K][0]) => Promise<Questions[K][1]>;
} = {
  async open({ parts, lost }) {
    runtime = await PlaygroundRuntime.open(parts, lost);
    return null;
  },
  start: (request) => requireRuntime().start(request),
  run: ({ line }) => requireRuntime().run(line),
  complete: ({ line }) => requireRuntime().complete(line),
  async distance({ distanceMs }) {
    requireRuntime().setDistance(distanceMs);
    return null;
  },
  judge: (request) => requireRuntime().judge(request),
};

/**
 * Settles with the last question. Questions are answered one after the other, because a shell line
 * builds on the lines before it.
 */
let queue: Promise<void> = Promise.resolve();

scope.onmessage = ({ data: { id, kind, body } }) => {
  queue = queue.then(async () => {
    try {
      scope.postMessage({
        id,
        body: await (handlers[kind] as (body: unknown) => Promise<never>)(body),
      });
    } catch (error) {
      scope.postMessage({ id, failure: error instanceof Error ? error.message : String(error) });
    }
  });
};
