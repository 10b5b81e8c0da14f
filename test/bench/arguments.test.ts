import { expect, it } from 'vitest';
import { readArguments } from './arguments.ts';

it('measures everything unless told otherwise', () => {
  expect(readArguments([])).toMatchObject({ parts: ['stat', 'pass', 'start'], quick: false });
  expect(readArguments(['--only', 'start', '--only', 'stat'])).toMatchObject({
    parts: ['stat', 'start'],
  });
  expect(readArguments(['--quick', '--strict', '--json', 'x'])).toMatchObject({
    quick: true,
    strict: true,
    json: 'x',
  });
});

it('refuses what it does not know', () => {
  expect(() => readArguments(['--only', 'speed'])).toThrow("not 'speed'");
  expect(() => readArguments(['--fast'])).toThrow('--fast');
  expect(() => readArguments(['stat'])).toThrow('stat');
});
