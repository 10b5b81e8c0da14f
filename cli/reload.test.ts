import { expect, it } from 'vitest';
import { formatReloading } from './reload.ts';

it('formatReloading indents the further lines of a result', () => {
  expect(formatReloading({ what: 'v', ok: false, text: 'no\nbecause' }, false)).toBe(
    'v: no\n    because',
  );
});
