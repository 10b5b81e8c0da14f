/** Tests of measuring targets in rounds. */
import { describe, expect, it } from 'vitest';
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { measureRounds } from './rounds.ts';

describe('measureRounds', () => {
  it('returns the complete rounds when it is interrupted', async () => {
    const stop = new AbortController();
    const take = async ({ isLast }: { isLast: boolean }, round: number) => {
      if (round === 3 && isLast) stop.abort(new Error('interrupted'));
      stop.signal.throwIfAborted();
      return { round };
    };
    const targets = new Map([
      ['a', { isLast: false }],
      ['b', { isLast: true }],
    ]);
    const { signal } = stop;
    const series = await measureRounds(targets, { rounds: 9, signal, take });
    const two = [{ round: 1 }, { round: 2 }];
    expect([...series]).toEqual([
      ['a', two],
      ['b', two],
    ]);
    await expect(measureRounds(targets, { rounds: 9, signal, take })).rejects.toThrow(
      'interrupted',
    );
  });

  it('starts each round with another target and discards round 0', async () => {
    const turns: string[] = [];
    const targets = new Map(['a', 'b'].map((name) => [name, { name }]));
    const series = await measureRounds(targets, {
      rounds: 2,
      async take({ name }, round) {
        turns.push(name + round);
        return { round };
      },
    });
    expect(turns).toEqual(['a0', 'b0', 'a1', 'b1', 'b2', 'a2']);
    expect([...series.values()]).toEqual([
      [{ round: 1 }, { round: 2 }],
      [{ round: 1 }, { round: 2 }],
    ]);
  });

  it('measures the remaining targets when one target dies', async () => {
    const targets = new Map([
      ['a', { name: 'a' }],
      ['b', { name: 'b' }],
      ['c', { missing: 'no compiler' }],
    ]);
    const series = await measureRounds(targets, {
      rounds: 3,
      async take(target, round) {
        if ('name' in target && target.name === 'b' && round === 2)
          throw new MeasurementError('it died');
        return { round };
      },
    });
    expect(series.get('a')).toHaveLength(3);
    expect(series.get('b')).toEqual({ missing: 'it died' });
    expect(series.get('c')).toEqual({ missing: 'no compiler' });
  });

  it('fails with the error of a target unless that is MeasurementError', async () => {
    const take = () => Promise.reject(new TypeError('a bug'));
    const all = measureRounds(new Map([['a', {}]]), { rounds: 1, take });
    await expect(all).rejects.toThrow('a bug');
  });
});
