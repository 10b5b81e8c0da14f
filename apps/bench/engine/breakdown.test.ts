import { describe, expect, it } from 'vitest';
import {
  type Breakdown,
  breakdownOf,
  type CpuProfile,
  type Request,
  type Window,
} from './breakdown.ts';
import type { Measured } from './schema.ts';

type Part = Measured['breakdown'][number] & { readonly error: number };

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

const pump = ['run', `${FILE}/runtime/pump/pump.js`] as const;
const call = ['', `${FILE}/runtime/sys/call.js`] as const;
const statx = ['stat', `${FILE}/runtime/xlators/storage/posix/stat.js`] as const;

const all: readonly Seen[] = [
  [[['(idle)', '']], 10],
  [[pump, call], 10],
  [[pump, ['decodeNameIn', `${FILE}/runtime/mount/fuse/codec/entry.js`]], 1],
  [[pump, ['lookup', `${FILE}/runtime/core/fops.gen.js`]], 2],
  [[pump, ['call', `${FILE}/bridges/host/lifecycle/interpreter.js`], ['writeString', '']], 3],
  [[pump, ['wasm-function[7]', 'wasm://wasm/0249d42a']], 4],
  [[pump, statx, call], 5],
  [[pump, ['encodeAttr', `${FILE}/runtime/mount/fuse/codec/attr.js`]], 6],
  [[['(garbage collector)', '']], 7],
  [[pump, ['send', `${FILE}/runtime/mount/fuse/session.js`], call], 8],
];
/** What `all` takes, and of that what is neither the kernel's nor idle. */
const SPAN = 56 * STEP;
const SERVED = 28 * STEP;

/** The same round, so many times. */
const repeated = (seen: readonly Seen[], times: number): Seen[] =>
  Array.from({ length: times }, () => seen).flat();

/** Rounds of `span`, one after the other, of ten requests. */
const windows = (count: number, over: Partial<Window> = {}, span = SPAN): Window[] =>
  Array.from({ length: count }, (_, i) => ({
    from: 1001 + i * span,
    to: 1000 + (i + 1) * span,
    requests: 10,
    cpu: SERVED,
    mean: 500_000,
    ...over,
  }));

/** Ten of them take as long as `all`, with the profile or without. */
const request: Request = { mean: 500_000, cpu: (1e3 * SERVED) / 10 };

const partsOf = (found: Breakdown): Record<string, number> => {
  if ('refused' in found) throw new Error(found.refused);
  return Object.fromEntries(found.parts.map((it) => [it.part, Math.round(it.nanoseconds)]));
};

describe('the breakdown of a request', () => {
  it('says what each part takes, and leaves the rest to the kernel', () => {
    const found = breakdownOf(profile(repeated(all, 4)), windows(4), request);
    expect(Object.entries(partsOf(found))).toEqual([
      ['kernel and FUSE', 500_000 - 280_000],
      ['decode', 10_000],
      ['graph', 20_000],
      ['crossing', 30_000],
      ['script', 40_000],
      ['storage', 50_000],
      ['reply', 60_000],
      ['other', 70_000],
    ]);
    // The rounds are the same: it is exact.
    for (const { error } of (found as { parts: Part[] }).parts) {
      expect(error).toBeCloseTo(0);
    }
  });

  it('adds up to the mean of a request without the profile, which makes it slower', () => {
    const slow = windows(4, { mean: 800_000, cpu: 1.6 * SERVED });
    const { 'kernel and FUSE': kernel, ...served } = partsOf(
      breakdownOf(profile(repeated(all, 4)), slow, request),
    );
    // The samples are fewer than the CPU time, and what they have is scaled to what there is without.
    expect(served.storage).toBe(Math.round(50_000 / 1.6));
    const sum = Object.values(served).reduce((all, it) => all + it, kernel!);
    expect(sum).toBe(500_000);
  });

  it('is refused where its rounds are not like those without the profile', () => {
    const slow = windows(4, { mean: 2_000_000 });
    expect(breakdownOf(profile(repeated(all, 4)), slow, request)).toEqual({
      refused: 'with the profile a request took 4.00 times as long as without it',
    });
  });

  it('is refused where its parts are more than the whole', () => {
    const short = windows(4, { mean: 200_000 });
    const found = breakdownOf(profile(repeated(all, 4)), short, { ...request, mean: 200_000 });
    expect(found).toEqual({
      refused: 'the parts would be 280 µs together, of a request of 200 µs',
    });
  });

  it('is as exact as its rounds are alike', () => {
    const more = all.map(([stack, times], i): Seen => [stack, i === 6 ? times + 2 : times]);
    const fewer = all.map(([stack, times], i): Seen => [stack, i === 6 ? times - 2 : times]);
    const seen = [...more, ...fewer, ...more, ...fewer];
    const each = [58, 54, 58, 54].map((steps) => steps * STEP);
    let from = 1001;
    const uneven = windows(4, { cpu: 1e6 }).map((window, i): Window => {
      const begun = from;
      from += each[i]!;
      return { ...window, from: begun, to: from - 1 };
    });
    const found = breakdownOf(profile(seen), uneven, { mean: 500_000, cpu: 1e8 });
    const parts = new Map((found as { parts: Part[] }).parts.map((it) => [it.part, it]));
    expect(parts.get('storage')!.nanoseconds).toBeCloseTo(50_000);
    // Two steps up or down, of ten requests: t(3) × 23 µs / √4.
    expect(parts.get('storage')!.error).toBeCloseTo(36_720, -2);
    expect(parts.get('decode')!.error).toBeCloseTo(0);
    expect(parts.get('kernel and FUSE')!.error).toBeGreaterThan(36_000);
  });

  it('says how much a part may take that no sample has seen', () => {
    const own: Seen[] = [[[pump, ['lookup', 'file:///home/me/mine.js']], 56]];
    const found = breakdownOf(profile(repeated(own, 4)), windows(4), request);
    const parts = new Map((found as { parts: Part[] }).parts.map((it) => [it.part, it]));
    // A module of somebody's own is the script, with all of the CPU time.
    expect(parts.get('script')!.nanoseconds).toBeCloseTo(280_000);
    const { nanoseconds, error } = parts.get('storage')!;
    expect(nanoseconds).toBe(0);
    // Three of the 224 samples.
    expect(error).toBeCloseTo((3 / 224) * 4 * 280_000 * (1 / 4), -1);
  });

  it('gives its parts no more than the CPU time that the server had', () => {
    const half = windows(4, { cpu: SERVED / 2 });
    const found = partsOf(
      breakdownOf(profile(repeated(all, 4)), half, { ...request, cpu: request.cpu / 2 }),
    );
    expect(found.storage).toBe(25_000);
    expect(found['kernel and FUSE']).toBe(500_000 - 140_000);
  });

  it('is refused without samples', () => {
    const refused = { refused: 'the profile has too little of the requests' };
    expect(breakdownOf(profile([]), windows(4), request)).toEqual(refused);
    expect(breakdownOf(profile(all), windows(4), request)).toEqual(refused);
    expect(breakdownOf(profile(all), windows(1), request)).toEqual(refused);
  });
});
