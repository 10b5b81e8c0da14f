import { describe, expect, it } from 'vitest';
import { type Bar, reachesAim, verdict } from './figures.ts';

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

  it('holds a figure with just an aim to nothing', () => {
    expect(of(100, { aim: 1 })).toBe('no bar');
    const value = { median: 0.9, low: 0.8, high: 1, doubtful: false };
    const figure = { what: '', unit: '×', value } as const;
    expect(reachesAim({ ...figure, bar: { aim: 0.9, least: true } })).toBe(true);
    expect(reachesAim({ ...figure, bar: { aim: 1, least: true } })).toBe(false);
  });

  it('is given on a busy machine where the whole interval is on one side of the bar', () => {
    const noisy = (low: number, median: number, high: number) =>
      verdict({
        ...{ what: 'a row', unit: '×', bar: { limit: 1 }, isNoisy: true },
        value: { median, low, high, doubtful: false },
      });
    expect(noisy(1.2, 1.4, 1.9)).toBe('missed');
    expect(noisy(0.5, 0.7, 0.9)).toBe('met');
    expect(noisy(0.8, 1.1, 1.3)).toBe('too noisy');
  });

  it('tells wrong answers from none', () => {
    const value = { missing: '2 of 3 answers were wrong', wrong: true } as const;
    expect(verdict({ what: '', unit: '×', bar: null, value })).toBe('wrong');
  });

  it('calls nothing met that was not measured', () => {
    const value = { missing: 'no compiler' };
    expect(verdict({ what: '', unit: '×', bar: { limit: 1 }, value })).toBe('not measured');
    expect(verdict({ what: '', unit: '×', bar: null, value })).toBe('not measured');
  });
});
