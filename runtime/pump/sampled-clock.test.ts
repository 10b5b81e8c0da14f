/** Requests that are answered at once share a sample of the clock. */
import { afterEach, expect, it, vi } from 'vitest';
import { HeldLeaf, startGraph } from '../../test/support/core.ts';
import { Rig, u32, u64 } from '../../test/support/fuse.ts';
import { EACCES, ENOENT } from '../core/errno.ts';
import type { Frame } from '../core/frame.ts';
import { fail, unwind } from '../core/gen/fops.gen.ts';
import { Iatt } from '../core/iatt.ts';
import { OP } from '../mount/fuse/opcodes.ts';
import { NotableRequests } from '../mount/notable-requests.ts';
import { onNextSample, sample, sampleIfAwaited } from './sampled-clock.ts';

const SLOW_MS = 100;
const LONG_MS = 250;

let rig: Rig;
afterEach(() => {
  rig?.close();
  vi.restoreAllMocks();
  sample();
});

/** A session whose GETATTR fails and takes time as the test chooses. */
async function start() {
  let now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const graph = await startGraph([{ translator: new HeldLeaf().translator, name: 'storage' }]);
  const notable = new NotableRequests(graph, SLOW_MS);
  const next = { errno: 0, ms: 0 };
  const stat = (frame: Frame): void => {
    now += next.ms;
    if (next.errno === 0) unwind.stat(frame, 0, 0, new Iatt(), null);
    else fail.stat(frame, next.errno);
  };
  rig = await Rig.make({ stat }, { notable });
  const getattr = (errno = 0, ms = 0): void => {
    Object.assign(next, { errno, ms });
    rig.send(OP.GETATTR, 1, u32(0), u32(0), u64(0));
    rig.receive();
  };
  sample();
  return { getattr, dump: () => notable.dump().requests };
}

it('requests that fail or are slow are recorded', async () => {
  const { getattr, dump } = await start();
  getattr();
  getattr(EACCES);
  sampleIfAwaited();
  getattr(0, LONG_MS);
  sampleIfAwaited();
  getattr();
  const told = dump();
  expect(told.map(({ errno }) => errno)).toEqual(['EACCES', null]);
  expect(told.map(({ among }) => among)).toEqual([2, 1]);
  expect(told.map(({ ms }) => ms)).toEqual([0, LONG_MS]);
  expect(dump()).toEqual(told);
});

it('all requests between two samples of the clock are recorded if one of them was slow', async () => {
  const { getattr, dump } = await start();
  for (const ms of [0, LONG_MS, 0]) getattr(0, ms);
  const told = dump();
  expect(told.map(({ among }) => among)).toEqual([3, 3, 3]);
  expect(told.map(({ ms }) => ms)).toEqual([LONG_MS, LONG_MS, LONG_MS]);
});

it('the clock is sampled after every eighth request', async () => {
  const { getattr, dump } = await start();
  for (let i = 0; i < 20; i++) getattr(ENOENT, i === 10 ? LONG_MS : 0);
  const told = dump();
  expect(told).toHaveLength(20);
  for (const { ms, among } of told.slice(8, 16)) {
    expect([among, ms]).toEqual([8, LONG_MS]);
  }
  expect(told.slice(16).map(({ among }) => among)).toEqual([4, 4, 4, 4]);
});

it('a sample of the clock calls each listener once, even if the listener takes another sample', () => {
  const told: number[] = [];
  for (let i = 0; i < 3; i++) {
    onNextSample({
      onSample: () => {
        told.push(i);
        sampleIfAwaited();
      },
    });
  }
  sampleIfAwaited();
  sampleIfAwaited();
  expect(told).toEqual([0, 1, 2]);
});
