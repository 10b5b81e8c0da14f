/** Tests of a suite's command line. */
import { expect, it } from 'vitest';
import { readArguments } from './suite.ts';

const parts = ['stat', 'pass', 'start'] as const;
const parse = (...args: string[]) => readArguments(args, parts);

it('the bench measures every part unless --only selects some', () => {
  expect(parse()).toMatchObject({ parts: ['stat', 'pass', 'start'], quick: false });
  expect(parse('--only', 'start', '--only', 'stat')).toMatchObject({
    parts: ['stat', 'start'],
  });
  expect(parse('--quick', '--strict', '--json', 'x')).toMatchObject({
    quick: true,
    strict: true,
    json: 'x',
  });
});

it('the bench refuses unknown parts, options and operands', () => {
  expect(() => parse('--only', 'speed')).toThrow("not 'speed'");
  expect(() => parse('--fast')).toThrow('--fast');
  expect(() => parse('stat')).toThrow('stat');
  expect(() => parse('--quick', '--record')).toThrow('--record takes a full run, not --quick');
});
