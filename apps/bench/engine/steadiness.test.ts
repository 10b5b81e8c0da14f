import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPARED_BLOCKS, isSteady } from './steadiness.ts';

const repeat = (time: number): number[] => Array.from({ length: COMPARED_BLOCKS }, () => time);

describe('isSteady', () => {
  it('needs twice the compared blocks, however equal they are', () => {
    expect(isSteady([])).toBe(false);
    expect(isSteady(repeat(20).concat(repeat(20).slice(1)))).toBe(false);
    expect(isSteady([...repeat(20), ...repeat(20)])).toBe(true);
  });

  it('rejects times that still fall or rise by more than 5 %', () => {
    expect(isSteady([...repeat(36), ...repeat(19)])).toBe(false);
    expect(isSteady([...repeat(20), ...repeat(18.9)])).toBe(false);
    expect(isSteady([...repeat(20), ...repeat(21.1)])).toBe(false);
    expect(isSteady([...repeat(20), ...repeat(19.1)])).toBe(true);
  });

  it('passes over one disturbed block on either side', () => {
    expect(isSteady([20, 90, 20, 20, 20, 20])).toBe(true);
    expect(isSteady([20, 20, 20, 300, 20, 20])).toBe(true);
  });

  it('compares only the last blocks', () => {
    expect(isSteady([900, 500, 100, ...repeat(20), ...repeat(20)])).toBe(true);
  });

  it('accepts requests that are faster than the clock', () => {
    expect(isSteady([...repeat(0), ...repeat(0)])).toBe(true);
    expect(isSteady([...repeat(0), ...repeat(1)])).toBe(false);
  });

  it('never accepts a stack whose times double with each block', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (count) => {
        expect(isSteady(Array.from({ length: count }, (_, i) => 2 ** i))).toBe(false);
      }),
    );
  });
});
