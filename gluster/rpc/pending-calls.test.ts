import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PendingCalls } from './call-channel.ts';

interface TestCall {
  xid: number;
  readonly name: number;
}

test('pending RPC calls behave as a Map by xid, and are listed in the order of their addition', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat()), { maxLength: 400 });
  fc.assert(
    fc.property(steps, (walk) => {
      const waiters = new PendingCalls<TestCall>();
      const model = new Map<number, TestCall>();
      for (const [isNew, number] of walk) {
        if (isNew || model.size === 0) {
          const one = { xid: 0, name: number };
          const xid = waiters.add(one);
          expect(one.xid).toBe(xid);
          expect(model.has(xid)).toBe(false);
          model.set(xid, one);
        } else {
          const xid = [...model.keys()][number % model.size]!;
          expect(waiters.remove(xid)).toBe(model.get(xid));
          model.delete(xid);
          expect(waiters.remove(xid)).toBe(null);
        }
        expect(waiters.size).toBe(model.size);
      }
      expect(waiters.listByXid()).toEqual([...model.values()]);
    }),
  );
});

test('an RPC call that waits for long keeps its place while 100,000 later calls come and go', () => {
  const waiters = new PendingCalls<TestCall>();
  const patient = { xid: 0, name: -1 };
  const first = waiters.add(patient);
  const numbers = new Set<number>();
  let foundCount = 0;
  for (let name = 0; name < 100_000; name++) {
    const xid = waiters.add({ xid: 0, name });
    numbers.add(xid);
    if (waiters.remove(xid)?.name === name) foundCount++;
  }
  expect(foundCount).toBe(100_000);
  expect(numbers.size).toBe(100_000);
  expect(waiters.listByXid()).toEqual([patient]);
  expect(waiters.remove(first)).toBe(patient);
});

test('an xid that is not in use finds no RPC call, even if another call has its slot', () => {
  const waiters = new PendingCalls<TestCall>();
  const xid = waiters.add({ xid: 0, name: 1 });
  for (const other of [0, 1, xid + 64, xid + 2 ** 31, 0xffff_ffff]) {
    expect(waiters.remove(other >>> 0)).toBe(null);
  }
  expect(waiters.size).toBe(1);
});
