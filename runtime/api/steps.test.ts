import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FopError } from './fop-error.ts';
import {
  awaitPromise,
  NotAtOnceError,
  runInParallel,
  runSteps,
  runSync,
  type Steps,
} from './steps.ts';

/** Waits for some turns of the queue of microtasks; 0 ends at once. */
function* turns(count: number): Steps<number> {
  yield {
    start(operation) {
      const wait = (left: number): void => {
        if (left === 0) operation.resume(undefined);
        else queueMicrotask(() => wait(left - 1));
      };
      wait(count);
    },
  };
  return count;
}

describe('steps', () => {
  it('an error in a synchronous call has the stack of its caller', () => {
    function* refuse(): Steps<void> {
      yield* turns(0);
      throw new FopError(2, '/absent');
    }
    const callFromHere = (): void => runSync(refuse());
    expect(callFromHere).toThrow(
      expect.objectContaining({ stack: expect.stringContaining('callFromHere') }),
    );
  });

  it('runSteps returns a promise of the result, and runSync the result, or throws if a step must wait', async () => {
    expect(await runSteps(turns(3))).toBe(3);
    expect(runSync(turns(0))).toBe(0);
    expect(() => runSync(turns(1))).toThrow(NotAtOnceError);
  });

  it('can wait 100,000 times for results that are there at once, without a growing stack', () => {
    function* many(): Steps<number> {
      for (let round = 0; round < 100_000; round += 1) yield* turns(0);
      return 100_000;
    }
    expect(runSync(many())).toBe(100_000);
  });

  it('fail with the error of a rejected promise unless they catch it', async () => {
    function* failing(): Steps<string> {
      try {
        yield* awaitPromise(Promise.reject(new Error('refused')));
      } catch (error) {
        return (error as Error).message;
      }
      return 'not thrown';
    }
    expect(await runSteps(failing())).toBe('refused');
    await expect(runSteps(awaitPromise(Promise.reject(new Error('lost'))))).rejects.toThrow('lost');
  });
});

/** An item, which adds those below. */
interface Tree {
  readonly wait: number;
  readonly below: readonly Tree[];
}

describe('runInParallel', () => {
  it('acts once on each item, given or added, on at most `limit` at a time', async () => {
    const leaf = fc.record({ wait: fc.nat(3), below: fc.constant([]) });
    const above = (below: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
      fc.record({ wait: fc.nat(3), below: fc.array(below, { maxLength: 3 }) });
    const tree = above(above(leaf));
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { maxLength: 5 }), fc.integer({ min: 1, max: 4 }), check),
    );
  });

  async function check(items: readonly Tree[], limit: number): Promise<void> {
    let visited = 0;
    let active = 0;
    let most = 0;
    await runSteps(
      runInParallel(items, limit, function* ({ wait, below }, add) {
        active += 1;
        most = Math.max(most, active);
        yield* turns(wait);
        for (const item of below) add(item);
        active -= 1;
        visited += 1;
      }),
    );
    const size = (all: readonly Tree[]): number =>
      all.reduce((sum, { below }) => sum + 1 + size(below), 0);
    expect(visited).toBe(size(items));
    expect(most).toBeLessThanOrEqual(limit);
  }

  it('begins no item after a failure, and fails once the items in progress have ended', async () => {
    const ended: number[] = [];
    const all = runInParallel([1, 2, 0, 4, 5], 2, function* (item) {
      yield* turns(item === 1 ? 9 : item);
      if (item === 0) throw new Error('item 0');
      ended.push(item);
    });
    await expect(runSteps(all)).rejects.toThrow('item 0');
    expect(ended).toEqual([2, 1]);
  });
});
