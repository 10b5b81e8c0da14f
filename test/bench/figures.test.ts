import { describe, expect, it } from 'vitest';
import { type Bar, NotMeasured, orMissing, verdict } from './figures.ts';

const of = (median: number, bar: Bar | null) =>
  verdict({
    what: 'a row',
    unit: '×',
    bar,
    value: { median, low: median - 1, high: median + 1, doubtful: false },
  });

describe('verdict', () => {
  it('lets a figure reach its bar', () => {
    expect(of(1.19, { limit: 1.2 })).toBe('met');
    expect(of(1.2, { limit: 1.2 })).toBe('met');
    expect(of(1.21, { limit: 1.2 })).toBe('missed');
  });

  it('does not where it has to stay below', () => {
    expect(of(0.99, { limit: 1, below: true })).toBe('met');
    expect(of(1, { limit: 1, below: true })).toBe('missed');
  });

  it('lets a figure be larger where that is better', () => {
    expect(of(1.1, { limit: 1, least: true })).toBe('met');
    expect(of(1, { limit: 1, least: true })).toBe('met');
    expect(of(0.9, { limit: 1, least: true })).toBe('missed');
  });

  it('holds a figure without a bar to nothing', () => expect(of(100, null)).toBe('no bar'));

  it('calls nothing met that was not measured', () => {
    const value = { missing: 'no compiler' };
    expect(verdict({ what: '', unit: '×', bar: { limit: 1 }, value })).toBe('not measured');
    expect(verdict({ what: '', unit: '×', bar: null, value })).toBe('not measured');
  });
});

describe('orMissing', () => {
  it('keeps the reason', async () => {
    const refused = orMissing(() => Promise.reject(new NotMeasured('no compiler')));
    await expect(refused).resolves.toEqual({ missing: 'no compiler' });
  });

  it('lets any other error through', async () => {
    const broken = orMissing(() => Promise.reject(new TypeError('a bug')));
    await expect(broken).rejects.toThrow('a bug');
  });
});
