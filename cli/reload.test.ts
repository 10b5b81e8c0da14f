import { expect, it } from 'vitest';
import { formatReloadResult } from './reload.ts';

it('a result of several lines is printed by glossa reload with all lines but the first indented', () => {
  expect(formatReloadResult({ name: 'v', ok: false, text: 'no\nbecause' }, false)).toBe(
    'v: no\n    because',
  );
});
