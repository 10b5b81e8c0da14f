import { expect, it } from 'vitest';
import { marshals } from './marshal.ts';

it('every fop', () => {
  expect(marshals.length).toBeGreaterThan(50);
});
