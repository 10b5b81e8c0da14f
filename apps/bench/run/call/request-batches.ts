/**
 * Makes batches of requests for `bench call`, and checks every reply. Each request has its own call
 * stack and frame, like a request from a mount. While replies are synchronous, a batch stays in one
 * turn of the event loop, as in the mount's pump.
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { errnoName } from '../../../../runtime/core/errno.ts';
import { type Frame, makeFirstFrame, Stack } from '../../../../runtime/core/frame.ts';
import { wind } from '../../../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../../../runtime/core/graph.ts';
import { Fd, Loc } from '../../../../runtime/core/operands.ts';
import { runSharedTurn } from '../../../../runtime/core/turn.ts';
import type { Xlator } from '../../../../runtime/core/xlator.ts';
import {
  MeasurementError,
  type MissingResult,
  measureOrExplain,
  WrongAnswers,
} from '../../engine/measurement-error.ts';
import { measureRounds, type Series } from '../../engine/rounds.ts';
import { Cleanup } from '../cleanup.ts';
import { type GraphEnvironment, READ_SIZE } from './graphs.ts';

/**
 * Sends `count` requests one after the other, and returns microseconds per request.
 * @throws {WrongAnswers}
 */
export type Batch = (count: number) => Promise<number>;

/** Number of different names in one directory that are looked up in turn. */
const NAME_COUNT = 100;

/** A callback for lookup and readv. */
type ReplyCallback = (
  frame: Frame,
  cookie: number,
  xl: Xlator<unknown>,
  opRet: number,
  opErrno: number,
) => void;

/** Returns a batch of the requests that `windRequest` winds; it checks each reply. */
function makeBatch(
  expectedRet: number,
  expectedErrno: number,
  windRequest: (index: number, onReply: ReplyCallback) => void,
): Batch {
  /** Whether the last request has not replied yet. */
  let isPending = false;
  let mismatch: string | undefined;
  /** Continues the batch; null while it does not wait for a reply. */
  let resume: (() => void) | null = null;
  const onReply: ReplyCallback = (_frame, _cookie, _xl, opRet, opErrno) => {
    if (opRet !== expectedRet || (opRet < 0 && opErrno !== expectedErrno)) {
      mismatch = `a reply was ${opRet < 0 ? (errnoName(opErrno) ?? opErrno) : opRet}`;
    }
    isPending = false;
    resume?.();
  };
  return async (count) => {
    let index = 0;
    /** Winds requests until all have been sent, or one has not replied at once. */
    const windUntilPending = (): void => {
      for (isPending = false; index < count && !isPending; index++) {
        isPending = true;
        windRequest(index, onReply);
      }
    };
    const startMs = performance.now();
    while (index < count) {
      if (!runSharedTurn(windUntilPending)) throw new MeasurementError('a call ran too long');
      if (isPending) {
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
        resume = null;
      }
    }
    const microseconds = (performance.now() - startMs) * 1000;
    if (mismatch !== undefined) throw new WrongAnswers(mismatch);
    return microseconds / count;
  };
}

/**
 * Returns a batch of lookups of names in the root.
 * @param expectedErrno the errno with which each must fail; 0: each must succeed
 * @param xdata sent with each lookup
 */
export function makeLookupBatch(
  { inodes, links, top }: Graph,
  expectedErrno = 0,
  xdata: Dict | null = null,
): Batch {
  const locs = Array.from(
    { length: NAME_COUNT },
    (_, index) => new Loc(inodes.newInode(), inodes.root, `name-${index}`),
  );
  return makeBatch(expectedErrno === 0 ? 0 : -1, expectedErrno, (index, onReply) => {
    const frame = makeFirstFrame(new Stack(0, 0, 1, 'LOOKUP'), top);
    wind.lookup(frame, 0, onReply, links, locs[index % NAME_COUNT]!, xdata);
  });
}

/** Returns a batch of reads of the beginning of an open file. */
export function makeReadBatch({ links, top }: Graph, fd: Fd, size = READ_SIZE): Batch {
  return makeBatch(size, 0, (_, onReply) => {
    const frame = makeFirstFrame(new Stack(0, 0, 1, 'READ'), top);
    wind.readv(frame, 0, onReply, links, fd, size, 0, 0, null);
  });
}

/** Makes an fd without an open request, for leaves that do not check it. */
export const makeFd = ({ inodes }: Graph): Fd => new Fd(inodes.newInode(), 0, 1);

/** The amount of work of one measurement. */
export interface BatchPlan {
  /** Number of rounds. */
  readonly rounds: number;
  /** Batches of each variant in a round, of which the best counts. */
  readonly batchesPerRound: number;
  /** Requests of a batch. */
  readonly requestsPerBatch: number;
  /** Warm-up requests of each variant, after which its code is compiled, also WebAssembly. */
  readonly warmUpRequests: number;
  /** Called before each batch of a round; not timed. */
  readonly beforeBatch?: (variant: Batch) => Promise<void>;
}

/** Microseconds per request by variant and round. */
export type CallRounds<N> = Series<N, number>;

/**
 * Starts several variants, such as languages of a module, measures their batches in rounds (engine/rounds.ts), and ends
 * them. Returns the rounds so far if it is interrupted, and the reasons of those that are missing.
 * @throws the signal's reason if interrupted in the first round
 */
export async function measureBatches<N extends string, E extends GraphEnvironment>(
  environment: E,
  starts: Readonly<Record<N, (environment: E) => Promise<Batch>>>,
  plan: BatchPlan,
): Promise<CallRounds<N>> {
  const { signal, log } = environment;
  const cleanup = new Cleanup();
  try {
    const batches = new Map<N, Batch | MissingResult>();
    for (const name of Object.keys(starts) as N[])
      batches.set(name, await measureOrExplain(() => starts[name]({ ...environment, cleanup })));
    return await measureRounds<N, Batch, number>(batches, {
      rounds: plan.rounds,
      batches: { count: plan.batchesPerRound, pickBest: Math.min },
      signal,
      async warmUp(batch) {
        for (let done = 0; done < plan.warmUpRequests; done += plan.requestsPerBatch)
          await batch(plan.requestsPerBatch);
      },
      async take(batch) {
        await plan.beforeBatch?.(batch);
        return batch(plan.requestsPerBatch);
      },
      // Lets timers and signals run.
      afterTurn: () => new Promise((resolve) => setImmediate(resolve)),
    });
  } finally {
    await cleanup.run(log);
  }
}
