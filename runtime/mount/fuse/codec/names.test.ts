import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeName } from '../../../core/bytes.ts';
import { Cursor } from './cursor.ts';

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.string({ maxLength: 70 }).map((text) => new TextEncoder().encode(text)),
  // Few names, so that they repeat, and names that differ in one byte.
  fc.uint8Array({ max: 2, maxLength: 6 }),
);

test('a file name is decoded to the same text with the cache of recent names as without it', () => {
  fc.assert(
    fc.property(fc.array(bytes), fc.nat({ max: 9 }), (all, start) => {
      for (const each of all) {
        const message = new Uint8Array(start + each.length + 4);
        message.set(each, start);
        const cursor = new Cursor(message);
        cursor.position = start;
        const end = each.indexOf(0);
        expect(cursor.readName()).toBe(decodeName(each, 0, end < 0 ? each.length : end));
      }
    }),
  );
});
