/** Tests of a suite's command line. */
import { expect, it } from 'vitest';
import { readArguments } from './suite.ts';

const parts = ['stat', 'pass', 'start'] as const;
const read = (...args: string[]) => readArguments(args, parts);

it('without --only the bench measures every part', () => {
  expect(read()).toMatchObject({ parts: ['stat', 'pass', 'start'], quick: false });
  expect(read('--only', 'start', '--only', 'stat')).toMatchObject({
    parts: ['stat', 'start'],
  });
  expect(read('--quick', '--strict', '--json', 'x')).toMatchObject({
    quick: true,
    strict: true,
    json: 'x',
  });
});

it('the bench refuses unknown parts, options and operands', () => {
  expect(() => read('--only', 'speed')).toThrow("not 'speed'");
  expect(() => read('--fast')).toThrow('--fast');
  expect(() => read('stat')).toThrow('stat');
});
