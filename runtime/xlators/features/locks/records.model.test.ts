/** Random requests of four owners on two files: invariants after each step. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EAGAIN, EDEADLK, EINTR } from '../../../core/errno.ts';
import { F_RDLCK, F_WRLCK } from '../../../core/lock.ts';
import { excludes, type LockType, overlaps, type Range } from './ranges.ts';
import { RecordLocks, Waiter, WaitGraph } from './record-locks.ts';

const OWNERS = ['a', 'b', 'c', 'd'];

const step = fc.record({
  do: fc.constantFrom('lock', 'lock', 'lock', 'try', 'unlock', 'unlock', 'drop', 'cancel'),
  file: fc.nat(1),
  owner: fc.constantFrom(...OWNERS),
  type: fc.constantFrom<LockType>(F_RDLCK, F_WRLCK),
  start: fc.nat(7),
  length: fc.integer({ min: 1, max: 5 }),
});

/** A request, and the errnos that it was settled with. */
interface Asked {
  readonly file: number;
  readonly range: Range<number>;
  readonly told: number[];
  waiter: Waiter<number> | null;
}

const waiting = (asked: readonly Asked[]): Asked[] =>
  asked.filter(({ told, waiter }) => waiter !== null && told.length === 0);

const inTheWay = (files: readonly RecordLocks<number>[], { file, range }: Asked): string[] =>
  [...files[file]!.active]
    .filter((held) => held.owner !== range.owner && overlaps(held, range))
    .filter((held) => excludes(held.type, range.type))
    .map(({ owner }) => owner);

/** Whether an owner waits, directly or indirectly, for itself. */
function isCircle(files: readonly RecordLocks<number>[], asked: readonly Asked[], from: string) {
  const reached = new Set<string>();
  const visit = (owner: string): void => {
    for (const each of waiting(asked)) {
      if (each.range.owner !== owner) continue;
      for (const next of inTheWay(files, each)) {
        if (reached.has(next)) continue;
        reached.add(next);
        visit(next);
      }
    }
  };
  visit(from);
  return reached.has(from);
}

const wouldCircle = (files: readonly RecordLocks<number>[], asked: Asked[], request: Asked) => {
  const waiter = new Waiter(files[request.file]!, request.range, () => {});
  return isCircle(files, [...asked, { ...request, told: [], waiter }], request.range.owner);
};

it.each([
  ['record locks', true],
  ['flock', false],
])(
  '%s: granted locks never conflict, and a request waits only for a conflict and is settled once',
  (_, areRecords) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const waits = areRecords ? new WaitGraph<number>() : null;
        const files = [new RecordLocks<number>(waits), new RecordLocks<number>(waits)];
        const asked: Asked[] = [];
        for (const [at, { do: what, file, owner, type, start, length }] of steps.entries()) {
          const table = files[file]!;
          const end = areRecords ? start + length : Infinity;
          const range = { owner, type, start: areRecords ? start : 0, end, holder: at };
          // An owner waits for one lock at a time.
          const isBusy = waiting(asked).some((each) => each.range.owner === owner);
          if (what === 'cancel') waiting(asked)[0]?.waiter?.cancel(EINTR);
          else if (what === 'drop') table.remove((held) => held.owner === owner);
          else if (what === 'unlock') table.unlock(owner, range);
          else if (!isBusy) {
            const request: Asked = { file, range, told: [], waiter: null };
            asked.push(request);
            const settle = (errno: number): void => void request.told.push(errno);
            request.waiter = table.lock(range, what === 'lock', settle);
            if (request.waiter === null) {
              const [errno] = request.told;
              expect(errno === 0).toBe(inTheWay(files, request).length === 0);
              expect([0, what === 'try' ? EAGAIN : EDEADLK]).toContain(errno);
              if (errno === EDEADLK) expect(wouldCircle(files, asked, request)).toBe(true);
            }
          }
          for (const request of asked) {
            expect(request.told.length).toBeLessThanOrEqual(1);
            if (request.told.length === 0) expect(inTheWay(files, request)).not.toEqual([]);
          }
          for (const { active } of files) {
            for (const held of active) expect([...active.findConflicts(held)]).toEqual([]);
          }
          for (const each of OWNERS) {
            if (areRecords) expect(isCircle(files, asked, each)).toBe(false);
          }
          expect(files[0]!.blocked.size + files[1]!.blocked.size).toBe(waiting(asked).length);
        }
      }),
      { numRuns: 500 },
    );
  },
);
