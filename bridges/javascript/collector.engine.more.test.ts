/** The threshold of QuickJS's garbage collector, in the installed build and in one that hides it. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EPERM } from '../../runtime/core/errno.ts';
import { startModule } from '../../test/support/module.ts';
import * as collector from './collector.ts';
import type { Instance } from './wasm.ts';

const GC_THRESHOLD = 256 * 1024;
const { findThreshold } = collector;

const source = `import { EPERM, Translator } from 'glossa';
import { counts } from 'glossa/counts';
export class xlator extends Translator {
  access(frame) {
    counts();
    frame.fail(EPERM);
  }
}
`;

// The mock applies to engines loaded later: each file of `test:more` has its own process.
vi.mock('./collector.ts', { spy: true });
afterEach(() => void vi.mocked(collector.findThreshold).mockReset());

/** The log lines after two counts. */
async function runCounts(): Promise<string[]> {
  const run = await startModule({ 'm.js': source });
  for (let n = 0; n < 2; n++) {
    expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ opErrno: EPERM });
  }
  return run.takeLines().filter((line) => !line.includes(' loaded: '));
}

it('the installed QuickJS shows the threshold of its garbage collector, so that no warning is logged', async () => {
  expect(await runCounts()).toEqual([]);
});

it('a QuickJS that hides the threshold of its garbage collector causes one warning in the log', async () => {
  vi.mocked(collector.findThreshold).mockReturnValue(0);
  expect(await runCounts()).toEqual([
    expect.stringMatching(/^W .*this build of QuickJS hides when its collector runs/),
  ]);
});

describe("the search for the threshold of QuickJS's garbage collector", () => {
  it.each([
    ['finds nothing without the mark', [], 0],
    ['finds the only mark', [5], 64 + 20],
    ['finds nothing with two marks', [5, 7], 0],
  ])('%s', (_, marked, expected) => {
    const memory = { buffer: new ArrayBuffer(1024), growthFailed: false };
    const words = new Int32Array(memory.buffer, 64);
    for (const index of marked) words[index] = GC_THRESHOLD;
    expect(findThreshold({ memory } as Instance, 64)).toBe(expected);
  });
});
