import { expect, it } from 'vitest';
import { formatReloadResult } from './reload.ts';

it('formatReloadResult indents the further lines of a result', () => {
  expect(formatReloadResult({ name: 'v', ok: false, text: 'no\nbecause' }, false)).toBe(
    'v: no\n    because',
  );
});
