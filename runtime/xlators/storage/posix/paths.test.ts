/** Names in the buffers of system calls. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeName } from '../../../core/bytes.ts';
import { findNameFault } from '../shared/fop-values.ts';
import { nameBuffer, writeNameTo } from './paths.ts';

it('a valid name is written with a NUL, and any other is refused', () => {
  const units = fc.constantFrom('a', '.', '/', '\0', 'é', '\udc80', '\ud800', '😀');
  const name = fc.tuple(
    fc.constantFrom('', 'x', 'x'.repeat(253), 'x'.repeat(255), 'é'.repeat(127)),
    fc.string({ unit: units, maxLength: 3 }),
  );
  fc.assert(
    fc.property(name, ([start, end]) => {
      const text = start + end;
      nameBuffer.fill(0xff);
      // Of two faults, either may be reported.
      const isValid = writeNameTo(nameBuffer, text) === 0;
      expect(isValid).toBe(findNameFault(text) === 0);
      if (!isValid) return;
      const bytes = [...encodeName(text), 0];
      expect([...nameBuffer.subarray(0, bytes.length)]).toEqual(bytes);
    }),
    { numRuns: 1000 },
  );
});
