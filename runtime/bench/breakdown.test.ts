import { describe, expect, it } from 'vitest';
import { breakdownOf, type CpuProfile } from './breakdown.ts';

const FILE = 'file:///x/dist';

/** A call stack from the outside in, and how often it was seen. */
type Seen = readonly [stack: readonly (readonly [name: string, url: string])[], times: number];

const STEP = 100;

/** Each sample stands for 100 µs; the profile begins at 1000. */
function profile(all: readonly Seen[]): CpuProfile {
  const nodes: {
    id: number;
    callFrame: { functionName: string; url: string };
    children: number[];
  }[] = [];
  const samples: number[] = [];
  for (const [stack, times] of all) {
    for (const [depth, [functionName, url]] of stack.entries()) {
      const id = nodes.length + 1;
      if (depth > 0) nodes.at(-1)!.children.push(id);
      nodes.push({ id, callFrame: { functionName, url }, children: [] });
    }
    for (let i = 0; i < times; i++) samples.push(nodes.length);
  }
  return { nodes, startTime: 1000, samples, timeDeltas: samples.map(() => STEP) };
}

const pump = ['run', `${FILE}/runtime/mount/fuse/pump.js`] as const;
const call = ['', `${FILE}/runtime/sys/call.js`] as const;
const statx = ['stat', `${FILE}/runtime/xlators/storage/posix/stat.js`] as const;

const all: readonly Seen[] = [
  [[['(idle)', '']], 10],
  [[pump, call], 10],
  [[pump, ['decodeNameIn', `${FILE}/runtime/mount/fuse/codec/entry.js`]], 1],
  [[pump, ['lookup', `${FILE}/runtime/core/fops.gen.js`]], 2],
  [[pump, ['call', `${FILE}/bridges/host/incarnation.js`], ['writeString', '']], 3],
  [[pump, ['wasm-function[7]', 'wasm://wasm/0249d42a']], 4],
  [[pump, statx, call], 5],
  [[pump, ['encodeAttr', `${FILE}/runtime/mount/fuse/codec/attr.js`]], 6],
  [[['(garbage collector)', '']], 7],
  [[pump, ['send', `${FILE}/runtime/mount/fuse/session.js`], call], 8],
];
const end = 1000 + 56 * STEP;

describe('the breakdown of a request', () => {
  it('says what each part takes, and leaves the rest to the kernel', () => {
    const window = { from: 1000, to: end, requests: 10, cpu: 1e6, mean: 500_000 };
    const found = breakdownOf(profile(all), window);
    expect(found.map(({ part, nanoseconds }) => [part, Math.round(nanoseconds)])).toEqual([
      ['kernel and FUSE', 500_000 - 280_000],
      ['decode', 10_000],
      ['graph', 20_000],
      ['crossing', 30_000],
      ['script', 40_000],
      ['storage', 50_000],
      ['reply', 60_000],
      ['other', 70_000],
    ]);
  });

  it('counts what ran meanwhile, and nothing before or after', () => {
    const window = {
      from: 1000 + 21 * STEP,
      to: 1000 + 23 * STEP,
      requests: 1,
      cpu: 1e6,
      mean: 1e6,
    };
    const found = breakdownOf(profile(all), window);
    const sizes = Object.fromEntries(found.map(({ part, nanoseconds }) => [part, nanoseconds]));
    expect(sizes).toMatchObject({ decode: 1e5, graph: 2e5, script: 0, other: 0 });
  });

  it("takes a module of somebody's own for the script", () => {
    const own: Seen[] = [[[pump, ['lookup', 'file:///home/me/mine.js']], 5]];
    const found = breakdownOf(profile(own), { from: 0, to: 1e9, requests: 1, cpu: 1e6, mean: 1e6 });
    expect(found.find(({ part }) => part === 'script')!.nanoseconds).toBe(5e5);
  });

  it('gives its parts no more than the CPU time that the server had', () => {
    const cpu = 14 * STEP;
    const found = breakdownOf(profile(all), { from: 0, to: end, requests: 1, cpu, mean: 1e7 });
    const sizes = Object.fromEntries(found.map(({ part, nanoseconds }) => [part, nanoseconds]));
    // The samples have 28 steps for what is not the kernel's.
    expect(sizes.storage).toBeCloseTo((5 * STEP * 1e3) / 2);
    expect(sizes['kernel and FUSE']).toBeCloseTo(1e7 - cpu * 1e3);
  });

  it('is empty without samples', () => {
    expect(breakdownOf(profile([]), { from: 0, to: 1e9, requests: 1, cpu: 1, mean: 1 })).toEqual(
      [],
    );
    expect(breakdownOf(profile(all), { from: 0, to: 1, requests: 1, cpu: 1, mean: 1 })).toEqual([]);
  });
});
