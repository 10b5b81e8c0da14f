import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeName } from '../../core/bytes.ts';
import { Cursor, Span } from './codec/cursor.ts';
import { NameCache } from './name-cache.ts';

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.string({ maxLength: 70 }).map((text) => new TextEncoder().encode(text)),
  // Few names, so that they repeat, and names that differ in one byte.
  fc.uint8Array({ max: 2, maxLength: 6 }),
);

test('a file name is decoded to the same text with the name cache as without it', () => {
  const names = new NameCache();
  fc.assert(
    fc.property(fc.array(bytes), fc.nat({ max: 9 }), (all, start) => {
      for (const each of all) {
        const message = new Uint8Array(start + each.length + 4);
        message.set(each, start);
        const span = Object.assign(new Span(), { start, end: start + each.length });
        expect(names.decode(new Cursor(message), span)).toBe(decodeName(each));
      }
    }),
  );
});
