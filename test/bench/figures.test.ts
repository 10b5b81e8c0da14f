/** Tests of verdicts on figures. */
import { describe, expect, it } from 'vitest';
import { type Bar, judgeFigure, parseBar, reachesAim } from './figures.ts';

const judge = (median: number, bar: Bar | null) =>
  judgeFigure({
    what: 'a row',
    unit: '×',
    bar,
    value: { median, low: median - 1, high: median + 1, doubtful: false },
  });

describe('the verdict on a benchmark figure', () => {
  it("is 'met' up to the bar, and 'missed' above it", () => {
    expect(judge(1.19, { limit: 1.2 })).toBe('met');
    expect(judge(1.2, { limit: 1.2 })).toBe('met');
    expect(judge(1.21, { limit: 1.2 })).toBe('missed');
  });

  it("is 'missed' at the bar if the figure has to stay below it", () => {
    expect(judge(0.99, { limit: 1, below: true })).toBe('met');
    expect(judge(1, { limit: 1, below: true })).toBe('missed');
  });

  it("is 'met' from a minimum on, and 'missed' below it", () => {
    expect(judge(1.1, { limit: 1, least: true })).toBe('met');
    expect(judge(1, { limit: 1, least: true })).toBe('met');
    expect(judge(0.9, { limit: 1, least: true })).toBe('missed');
  });

  it("is 'no bar' if the figure has no bar", () => expect(judge(100, null)).toBe('no bar'));

  it("is 'no bar' for a figure that has only an aim, which reachesAim checks", () => {
    expect(judge(100, { aim: 1 })).toBe('no bar');
    const value = { median: 0.9, low: 0.8, high: 1, doubtful: false };
    const figure = { what: '', unit: '×', value } as const;
    expect(reachesAim({ ...figure, bar: { aim: 0.9, least: true } })).toBe(true);
    expect(reachesAim({ ...figure, bar: { aim: 1, least: true } })).toBe(false);
  });

  it("is 'too noisy' on a noisy machine when the measured interval contains the bar", () => {
    const judgeNoisy = (low: number, median: number, high: number) =>
      judgeFigure({
        ...{ what: 'a row', unit: '×', bar: { limit: 1 }, isNoisy: true },
        value: { median, low, high, doubtful: false },
      });
    expect(judgeNoisy(1.2, 1.4, 1.9)).toBe('missed');
    expect(judgeNoisy(0.5, 0.7, 0.9)).toBe('met');
    expect(judgeNoisy(0.8, 1.1, 1.3)).toBe('too noisy');
  });

  it("is 'wrong' for a target that gave wrong answers", () => {
    const value = { missing: '2 of 3 answers were wrong', wrong: true } as const;
    expect(judgeFigure({ what: '', unit: '×', bar: null, value })).toBe('wrong');
  });

  it("is 'not measured' for a missing value, with or without a bar", () => {
    const value = { missing: 'no compiler' };
    expect(judgeFigure({ what: '', unit: '×', bar: { limit: 1 }, value })).toBe('not measured');
    expect(judgeFigure({ what: '', unit: '×', bar: null, value })).toBe('not measured');
  });
});

it('a bar is read as it is printed, and refused in another form', () => {
  expect(parseBar('≤ 1.25')).toEqual({ limit: 1.25 });
  expect(parseBar('< 1, aim 0.6')).toEqual({ limit: 1, below: true, aim: 0.6 });
  expect(parseBar('≥ 0.8, aim 1')).toEqual({ limit: 0.8, least: true, aim: 1 });
  expect(parseBar('aim ≥ 0.9')).toEqual({ aim: 0.9, least: true });
  expect(parseBar(null)).toBeNull();
  expect(() => parseBar('<= 1')).toThrow("'<= 1' is not a bar");
});
