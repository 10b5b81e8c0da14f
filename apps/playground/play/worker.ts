/**
 * The playground's worker: answers the questions of a page (protocol.ts). It fetches nothing, so
 * that it can start from a blob under a policy without connections; the page sends the parts that
 * it needs.
 */
import type { Question, Questions, WorkerAnswer } from './protocol.ts';
import { World } from './world.ts';

interface Scope {
  onmessage: ((message: { readonly data: Question }) => void) | null;
  postMessage(message: WorkerAnswer): void;
}

const scope = globalThis as unknown as Scope;
let world: World | null = null;

const opened = (): World => {
  if (world === null) throw new Error("the worker was not given the interpreters' parts yet");
  return world;
};

const answers: {
  readonly [K in keyof Questions]: (body: Questions[K][0]) => Promise<Questions[K][1]>;
} = {
  async open({ parts, lost }) {
    world = await World.open(parts, lost);
    return null;
  },
  start: (request) => opened().start(request),
  run: ({ line }) => opened().run(line),
  complete: ({ line }) => opened().complete(line),
  async distance({ distanceMs }) {
    opened().setDistance(distanceMs);
    return null;
  },
  judge: (request) => opened().judge(request),
};

/** The end of the last question: questions run in turn, as shell lines build on each other. */
let last: Promise<void> = Promise.resolve();

scope.onmessage = ({ data: { id, kind, body } }) => {
  last = last.then(async () => {
    try {
      scope.postMessage({
        id,
        body: await (answers[kind] as (body: unknown) => Promise<never>)(body),
      });
    } catch (error) {
      scope.postMessage({ id, failure: error instanceof Error ? error.message : String(error) });
    }
  });
};
