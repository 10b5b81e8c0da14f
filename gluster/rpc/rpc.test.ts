/**
 * Encoding of records, headers and fields: written values are read back, and arbitrary bytes do no
 * harm.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { gfidFromRandom } from '../../runtime/core/gfid.ts';
import { Iatt, Statvfs } from '../../runtime/core/iatt.ts';
import { type Loan, makeRecordMark, RecordError, RecordReader } from '../../runtime/wire/record.ts';
import { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';
import { readTexts, writeTexts } from './dict.ts';
import { type KindName, readFields, writeFields } from './fields.ts';
import { fops4 } from './fops4.ts';
import {
  ACCEPT_STATUS,
  AUTH_V2,
  AUTH_V3,
  CALL,
  hasRoomForOwner,
  REPLY,
  readCall,
  readReply,
  writeCall,
  writeDenied,
  writeReply,
} from './message.ts';
import { readPrograms } from './programs.ts';

const u32 = fc.nat({ max: 0xffff_ffff });
const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const exact = fc.maxSafeNat();
const gfid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(gfidFromRandom);
const name = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .filter((text) => Buffer.from(text).toString() === text);
const bytes = fc.uint8Array({ maxLength: 60 });
const hex = bytes.map((some) => Buffer.from(some).toString('hex'));

const iatt = fc
  .record({
    iaGfid: gfid,
    exactSize: fc.bigInt(0n, 2n ** 63n - 1n),
    iaMtime: fc.maxSafeInteger(),
    iaUid: u32,
    mode: fc.constantFrom(0o100644, 0o40755),
  })
  .map((some) => Object.assign(new Iatt(), { iaFlags: 0x17ff, iaNlink: 1 }, some));
const dict = fc
  .array(
    fc.tuple(
      name.filter((key) => !key.includes('\0')),
      fc.oneof(
        fc.tuple(fc.constant('int'), fc.maxSafeInteger()),
        fc.tuple(fc.constant('uint'), exact),
        fc.tuple(fc.constant('double'), fc.double({ noNaN: true })),
        fc.tuple(
          fc.constant('str'),
          name.filter((text) => !text.endsWith('\0')),
        ),
        fc.tuple(fc.constant('bin'), bytes),
        fc.tuple(fc.constant('gfuuid'), gfid),
        fc.tuple(fc.constant('iatt'), iatt),
        fc.tuple(fc.constant('mdata'), fc.uint8Array({ minLength: 36, maxLength: 36 })),
      ),
    ),
    { maxLength: 5 },
  )
  .map((pairs) => {
    const dict = new Dict();
    for (const [key, [type, value]] of pairs) dict.set(key, value as never, type as never);
    return dict;
  });
const flock = fc.record({ type: u32, whence: u32, start: exact, len: exact, pid: i32, owner: hex });
const dirent = { inoHi: u32, inoLo: u32, offHi: u32, offLo: u32, type: u32, name };

const values: Readonly<Record<KindName, fc.Arbitrary<unknown>>> = {
  ...{ u32, i32, u64: exact, i64: fc.maxSafeInteger(), gfid, string: name, opaque: bytes },
  ...{ dict: fc.option(dict), iatt, flock },
  wide: fc.record({ hi: u32, lo: u32 }),
  lease: fc.record({ cmd: u32, type: u32, id: gfid, flags: u32 }),
  statvfs: fc
    .record({ bsize: exact, files: exact })
    .map((some) => Object.assign(new Statvfs(), some)),
  locks: fc.array(fc.record({ flock, client: name, flags: u32 }), { maxLength: 3 }),
  dirents: fc.array(fc.record({ ...dirent, stat: fc.constant(null), dict: fc.constant(null) }), {
    maxLength: 4,
  }),
  direntsplus: fc.array(fc.record({ ...dirent, stat: iatt, dict: fc.option(dict) }), {
    maxLength: 4,
  }),
};

const rows = fops4.filter((row) => row !== undefined);

describe('the fields of a fop', () => {
  it('are read back as written, for every fop', () => {
    for (const { call, reply } of rows) {
      for (const fields of [call, reply]) {
        const some = fc.tuple(...fields.namedFields.map(({ kind }) => values[kind]));
        fc.assert(
          fc.property(some, (values) => {
            const w = new XdrWriter(8);
            writeFields(w, fields, values);
            const r = new XdrReader(w.writtenBytes);
            expect(readFields(r, fields)).toEqual(values);
            expect([r.isMalformed, r.remaining]).toEqual([false, 0]);
          }),
          { numRuns: 12 },
        );
      }
    }
  });

  it('are never read past the end of arbitrary, truncated or altered bytes', () => {
    const row = fc.constantFrom(...rows.flatMap(({ call, reply }) => [call, reply]));
    const look = (some: Uint8Array, fields: (typeof rows)[number]['call']): void => {
      const r = new XdrReader(some);
      readFields(r, fields);
      expect(r.position).toBeLessThanOrEqual(some.length);
    };
    fc.assert(
      fc.property(row, fc.uint8Array({ maxLength: 400 }), (fields, some) => look(some, fields)),
      {
        numRuns: 2000,
      },
    );
    const changed = row.chain((fields) =>
      fc.record({
        fields: fc.constant(fields),
        values: fc.tuple(...fields.namedFields.map(({ kind }) => values[kind])),
        at: fc.nat(),
        word: fc.oneof(u32, fc.constantFrom(0xffff_ffff, 0x7fff_ffff, 0xffff_fffd)),
        cut: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(changed, ({ fields, values, at, word, cut }) => {
        const w = new XdrWriter();
        writeFields(w, fields, values);
        if (w.position === 0) return;
        const position = (at % w.position) & ~3;
        if (!cut) w.patch(position, word);
        const r = new XdrReader(w.bytes.slice(0, cut ? position : w.position));
        readFields(r, fields);
        if (cut) expect(r.isMalformed).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('dictionaries of texts', () => {
  it('are read back as written, and arbitrary bytes cause no exception', () => {
    const text = name.filter((each) => !each.includes('\0'));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 6 }), (pairs) => {
        const w = new XdrWriter(4);
        writeTexts(w, new Map(pairs));
        const r = new XdrReader(w.writtenBytes);
        expect(readTexts(r)).toEqual(new Map(pairs));
        expect(r.remaining).toBe(0);
      }),
    );
    fc.assert(
      fc.property(bytes, u32, (some, count) => {
        const w = new XdrWriter();
        w.u32(4 + some.length);
        w.u32(count);
        w.fixed(some);
        w.zeros(-some.length & 3);
        const texts = readTexts(new XdrReader(w.writtenBytes));
        expect(texts === null || texts.size <= count).toBe(true);
        readPrograms(new XdrReader(some));
      }),
    );
  });
});

const caller = fc.record({
  ...{ pid: i32, uid: u32, gid: u32, flags: u32, ctime: exact, ctimeNsec: u32 },
  groups: fc.array(u32, { maxLength: 120 }),
  lkOwner: hex.filter((owner) => owner.length > 0),
});
const header = fc.record({ xid: u32, program: u32, version: u32, procedure: u32 });

describe('RPC headers', () => {
  it('contain the caller, without the groups beyond the limit', () => {
    fc.assert(
      fc.property(header, caller, fc.constantFrom(AUTH_V2, AUTH_V3), (call, who, flavor) => {
        const w = new XdrWriter(16);
        writeCall(w, call, flavor, who);
        const r = new XdrReader(w.writtenBytes);
        expect([r.u32(), r.u32()]).toEqual([call.xid, CALL]);
        const read = readCall(r, call.xid);
        expect(read).toMatchObject({ ...call, flavor, refusal: null });
        expect([r.isMalformed, r.remaining]).toEqual([false, 0]);
        const times = flavor === AUTH_V3 ? {} : { flags: 0, ctime: 0, ctimeNsec: 0 };
        const room = (flavor === AUTH_V3 ? 91 : 95) - who.lkOwner.length / 2;
        expect(read.caller).toEqual({ ...who, ...times, groups: who.groups.slice(0, room) });
      }),
    );
  });

  it('contain a lock owner made of the pid if the caller has no lock owner', () => {
    const w = new XdrWriter();
    const anonymous = {
      pid: 9202,
      uid: 0,
      gid: 0,
      groups: [],
      lkOwner: '',
      flags: 0,
      ctime: 0,
      ctimeNsec: 0,
    };
    writeCall(w, { xid: 1, program: 2, version: 3, procedure: 4 }, AUTH_V3, anonymous);
    const r = new XdrReader(w.writtenBytes);
    r.skip(8);
    expect(readCall(r, 1).caller?.lkOwner).toBe('f2230000');
    expect(hasRoomForOwner('00'.repeat(91), AUTH_V3)).toBe(true);
    expect(hasRoomForOwner('00'.repeat(92), AUTH_V3)).toBe(false);
  });

  it('are refused if they are malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (some) => {
        const read = readCall(new XdrReader(some), 1);
        if (some.length < 32) expect(read.refusal).toBe('malformed');
        readReply(new XdrReader(some));
      }),
    );
    const reply = (write: (w: XdrWriter) => void): boolean => {
      const w = new XdrWriter();
      write(w);
      const r = new XdrReader(w.writtenBytes);
      expect([r.u32(), r.u32()]).toEqual([5, REPLY]);
      return readReply(r);
    };
    expect(reply((w) => writeReply(w, 5, ACCEPT_STATUS.SUCCESS))).toBe(true);
    expect(reply((w) => writeReply(w, 5, ACCEPT_STATUS.PROG_MISMATCH))).toBe(false);
    expect(reply((w) => writeDenied(w, 5))).toBe(false);
  });
});

/** Memory with the content of earlier requests. */
const allocateDirty = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(size).fill(0xa5);

describe('RPC records', () => {
  const receive = (
    records: RecordReader,
    stream: Uint8Array,
    sizes: readonly number[],
  ): Uint8Array[] => {
    const received: Uint8Array[] = [];
    for (let at = 0, turn = 0; at < stream.length; turn++) {
      const room = records.reserveRoom();
      const count = Math.min(sizes[turn % sizes.length]!, room.length, stream.length - at);
      room.set(stream.subarray(at, at + count));
      records.noteReceived(count);
      at += count;
      while (records.findNext()) received.push(records.bytes.slice(records.start, records.end));
    }
    return received;
  };

  it('are not overwritten while a reader has borrowed them', () => {
    const message = fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 6 }));
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 }),
        (messages, sizes) => {
          const w = new XdrWriter();
          for (const [message] of messages) {
            w.u32(makeRecordMark(message.length));
            w.fixed(message);
          }
          const records = new RecordReader(64);
          // Each with the number of messages before its return; 0 for one that is not lent.
          const lent: { bytes: Uint8Array; is: number; left: number; loan: Loan }[] = [];
          let found = 0;
          const takeAll = (): void => {
            while (records.findNext()) {
              const is = found;
              const bytes = records.bytes.subarray(records.start, records.end);
              expect(Buffer.compare(bytes, messages[is]![0])).toBe(0);
              found += 1;
              for (const one of lent) {
                expect(Buffer.compare(one.bytes, messages[one.is]![0])).toBe(0);
                one.left -= 1;
                if (one.left === 0) records.returnLoan(one.loan);
              }
              while (lent.some(({ left }) => left === 0)) {
                lent.splice(
                  lent.findIndex(({ left }) => left === 0),
                  1,
                );
              }
              const left = messages[is]![1];
              if (left > 0) lent.push({ bytes, is, left, loan: records.lend() });
            }
          };
          let from = 0;
          for (let turn = 0; from < w.position; turn++) {
            const size = Math.min(sizes[turn % sizes.length]!, w.position - from);
            const room = records.reserveRoom();
            const count = Math.min(size, room.length);
            room.set(w.writtenBytes.subarray(from, from + count));
            records.noteReceived(count);
            from += count;
            takeAll();
          }
          expect(found).toBe(messages.length);
          for (const { loan } of lent) records.returnLoan(loan);
          expect(records.lentBytes).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are found in a stream that arrives in pieces of any size, in one part or several', () => {
    const message = fc.tuple(
      fc.uint8Array({ maxLength: 3000 }),
      fc.array(fc.nat({ max: 3000 }), { maxLength: 4 }),
    );
    const size = fc.integer({ min: 1, max: 700 });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 12 }),
        fc.array(size, { minLength: 1, maxLength: 8 }),
        (messages, sizes) => {
          const w = new XdrWriter();
          for (const [message, cuts] of messages) {
            const ends = cuts.map((cut) => cut % (message.length + 1)).sort((a, b) => a - b);
            let from = 0;
            for (const end of ends) {
              w.u32(end - from);
              w.fixed(message.subarray(from, end));
              from = end;
            }
            w.u32(makeRecordMark(message.length - from));
            w.fixed(message.subarray(from));
          }
          const received = receive(
            new RecordReader(64, undefined, allocateDirty),
            w.writtenBytes,
            sizes,
          );
          expect(received.map((each) => each.length)).toEqual(
            messages.map(([{ length }]) => length),
          );
          const all = Buffer.concat(messages.map(([message]) => message));
          expect(Buffer.concat(received).equals(all)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are found again after they were put back, with all that follow them', () => {
    const message = fc.tuple(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.nat({ max: 300 }), { maxLength: 3 }),
      fc.nat({ max: 2 }),
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 12 }),
        fc.integer({ min: 1, max: 700 }),
        (messages, size) => {
          const w = new XdrWriter();
          for (const [bytes, cuts] of messages) {
            let from = 0;
            for (const end of cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b)) {
              w.u32(end - from);
              w.fixed(bytes.subarray(from, end));
              from = end;
            }
            w.u32(makeRecordMark(bytes.length - from));
            w.fixed(bytes.subarray(from));
          }
          const records = new RecordReader(64, undefined, allocateDirty);
          const found: Uint8Array[] = [];
          const putBacks = messages.map(([, , count]) => count);
          records.append(w.writtenBytes.subarray(0, size), () => true);
          const takeAll = (): boolean => {
            while (records.findNext()) {
              if (putBacks[found.length]!-- > 0) {
                records.putBack();
                // Nothing is served until more has arrived.
                return true;
              }
              found.push(records.bytes.slice(records.start, records.end));
            }
            return true;
          };
          takeAll();
          records.append(w.writtenBytes.subarray(size), takeAll);
          for (let count = 0; count < 40; count++) takeAll();
          expect(found.map((bytes) => [...bytes])).toEqual(messages.map(([bytes]) => [...bytes]));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('longer than the limit are refused as soon as their mark announces the length', () => {
    const stream = (...words: number[]): Uint8Array => {
      const w = new XdrWriter();
      for (const word of words) w.u32(word);
      return w.writtenBytes;
    };
    const most = () => new RecordReader(64, 1000);
    expect(() => receive(most(), stream(0xffff_ffff), [4])).toThrow(RecordError);
    expect(() => receive(most(), stream(makeRecordMark(1001)), [1])).toThrow('1001 bytes or more');
    expect(receive(most(), stream(makeRecordMark(4), 7), [3])).toHaveLength(1);
    // The limit applies to all parts together.
    const part = [600, ...Array<number>(150).fill(1)];
    expect(() => receive(most(), stream(...part, ...part), [64])).toThrow('1200 bytes or more');
  });

  it('received in 20,000 parts use no memory beyond their size', () => {
    const records = new RecordReader(64);
    const parts = Array.from({ length: 20_000 }, () => [0, 0, 0, 1, 7]).flat();
    const received = receive(records, new Uint8Array([...parts, 0x80, 0, 0, 0]), [50]);
    expect(received).toEqual([new Uint8Array(20_000).fill(7)]);
    expect(records.bytes.length).toBeLessThan(100_000);
  });
});
