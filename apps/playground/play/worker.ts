/**
 * Answers the questions of the playground's page (protocol.ts) in a worker. It fetches nothing, so
 * that it can start from a blob under a Content-Security-Policy that forbids connections; the page
 * sends the interpreters' parts.
 */
import type { Question, Questions, WorkerAnswer } from './protocol.ts';
import { World } from './world.ts';

interface Scope {
  onmessage: ((message: { readonly data: Question }) => void) | null;
  postMessage(message: WorkerAnswer): void;
}

const scope = globalThis as unknown as Scope;
let world: World | null = null;

const requireWorld = (): World => {
  if (world === null) throw new Error("the worker was not given the interpreters' parts yet");
  return world;
};

const handlers: {
  readonly [K in keyof Questions]: (body: Questions[K][0]) => Promise<Questions[K][1]>;
} = {
  async open({ parts, lost }) {
    world = await World.open(parts, lost);
    return null;
  },
  start: (request) => requireWorld().start(request),
  run: ({ line }) => requireWorld().run(line),
  complete: ({ line }) => requireWorld().complete(line),
  async distance({ distanceMs }) {
    requireWorld().setDistance(distanceMs);
    return null;
  },
  judge: (request) => requireWorld().judge(request),
};

/** Settles with the last question: they run one after the other, as shell lines build on others. */
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
