import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Iatt } from '../../../core/iatt.ts';
import {
  addNotice,
  decodeNotices,
  formatCursor,
  listEvents,
  makeFileState,
  type NoticeRecord,
  parseCursor,
} from './notices.ts';

const texts = fc.array(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 40 });

const addAll = (list: readonly string[]): NoticeRecord =>
  list.reduce<NoticeRecord>(
    (record, text) => decodeNotices(addNotice(record, 7, text))!,
    decodeNotices(undefined)!,
  );

it('a record keeps the newest notices, numbered without a gap', () => {
  fc.assert(
    fc.property(texts, (list) => {
      const { lastSeq, notices } = addAll(list);
      expect(lastSeq).toBe(list.length);
      const first = list.length - notices.length;
      expect(notices).toEqual(
        list.slice(first).map((text, index) => ({ seq: first + index + 1, pid: 7, text })),
      );
    }),
  );
});

it('a record reads any bytes, or refuses them', () => {
  const jsonLike = fc.json().map((text) => new TextEncoder().encode(text));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), jsonLike), (bytes) => {
      const record = decodeNotices(bytes);
      expect(record === null || record.version === 1).toBe(true);
    }),
  );
});

it('a cursor is the state that it was made of', () => {
  const numbers = fc.record({
    ...{ seq: fc.nat(), changeNumber: fc.nat(), iaSize: fc.maxSafeNat() },
    ...{ iaCtime: fc.integer(), iaCtimeNsec: fc.nat(999_999_999) },
    ...{ iaMtime: fc.integer(), iaMtimeNsec: fc.nat(999_999_999) },
  });
  fc.assert(
    fc.property(numbers, ({ seq, changeNumber, ...attributes }) => {
      const buf = Object.assign(new Iatt(), attributes);
      const record = { version: 1, lastSeq: seq, notices: [] };
      const state = makeFileState(record, changeNumber, buf);
      expect(parseCursor(formatCursor(state))).toEqual(state);
      expect(listEvents(state, state, record)).toEqual([]);
    }),
  );
});
