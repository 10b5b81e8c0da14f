import { expect, it } from 'vitest';
import { marshals } from './marshal.ts';

it("the client's wire-format table covers more than 50 fops", () => {
  expect(marshals.length).toBeGreaterThan(50);
});
