import { expect, it } from 'vitest';
import { marshals } from './marshal.ts';

it('the table contains more than 50 fops', () => {
  expect(marshals.length).toBeGreaterThan(50);
});
