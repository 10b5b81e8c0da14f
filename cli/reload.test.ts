import { expect, it } from 'vitest';
import { formatReloading } from './reload.ts';

it('is shown with its further lines below', () => {
  expect(formatReloading({ what: 'v', ok: false, text: 'no\nbecause' }, false)).toBe(
    'v: no\n    because',
  );
});
