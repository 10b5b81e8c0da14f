import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeName, encodeName } from '../../runtime/core/bytes.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { findFop } from '../../runtime/core/fops.ts';
import { gfidFromRandom } from '../../runtime/core/gfid.ts';
import { Iatt } from '../../runtime/core/iatt.ts';
import { makeFlagConverters, SAME_FLAGS } from '../../runtime/core/machine-flags.ts';
import { O_DIRECT, O_RDWR } from '../../runtime/core/open-flags.ts';
import { MessageError } from '../host/crossing/message.ts';
import { Area, makeArgumentWriter } from './area.ts';
import { INITIAL_AREA_BYTES, PlainMemory } from './library.ts';
import { type MessageHandler, Reader, readMessages } from './messages.ts';

const name = fc.uint8Array({ maxLength: 300 }).map((bytes) => decodeName(bytes.filter((b) => b)));

const makeArea = (): Area => new Area(new PlainMemory());

/** The numbers that an area holds after its header. */
const readerOf = ({ bytes }: Area): Reader => new Reader(bytes.subarray(24), bytes.length / 8 - 3);

class Notes implements MessageHandler {
  readonly heard: unknown[] = [];
  toGraphFlags = SAME_FLAGS.toGraph;
  private readonly note = (...said: unknown[]): void => void this.heard.push(said);
  log = this.note;
  decide = this.note;
  failRequest = this.note;
  track = this.note;
  trackFd = this.note;
  closeFd = this.note;
  startTimer = this.note;
  stopTimer = this.note;
  takePairs = this.note;
  invalidate = this.note;
  declareUp = this.note;
  putBytes(bytes: Uint8Array): number {
    return bytes.length;
  }
}

describe('an area of memory for records', () => {
  it('stores numbers and texts of any length one after another, and reads them back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double(), fc.option(name))), (pairs) => {
        const area = makeArea();
        area.begin();
        for (const [number, text] of pairs) {
          area.writeNumber(number);
          area.writeText(text);
        }
        const reader = readerOf(area);
        for (const [number, text] of pairs) {
          expect(reader.readNumber()).toBe(number);
          expect(reader.readTextOrNull()).toBe(text);
        }
      }),
    );
  });

  it('grows for a long text', () => {
    const area = makeArea();
    area.begin();
    const long = 'ä'.repeat(100_000);
    area.writeText('first');
    area.writeText(long);
    expect(area.bytes.length).toBeGreaterThan(INITIAL_AREA_BYTES);
    const reader = readerOf(area);
    expect([reader.readText(), reader.readText()]).toEqual(['first', long]);
  });

  it('encodes a repeated gfid as the number of its slot', () => {
    const area = makeArea();
    const gfid = gfidFromRandom(Uint8Array.from({ length: 16 }, (_, i) => 17 * i));
    area.begin();
    area.writeGfid(gfid);
    area.writeGfid(gfid);
    const reader = readerOf(area);
    const place = reader.readNumber();
    const letters = Buffer.from(new Float64Array(reader.readNumbers(5)).buffer).toString('latin1');
    expect([place > 0, letters.slice(0, 36), reader.readNumber()]).toEqual([true, gfid, -place]);
  });

  it("holds the flags of a request with the module's numbers", () => {
    const area = new Area(new PlainMemory(), makeFlagConverters('arm64'));
    area.begin();
    const args = [null, 4096, 0o40000, O_RDWR | O_DIRECT, null];
    makeArgumentWriter(findFop('readv')!)(area, args);
    const numbers = readerOf(area).readNumbers(4);
    expect(numbers).toEqual([0, 4096, 0o40000, O_RDWR | 0o200000]);
  });

  it('holds every type of dict value', () => {
    const dict = Dict.of({ int: 1, half: 0.5, text: 'x', bin: Uint8Array.of(0), iatt: new Iatt() });
    const area = makeArea();
    area.begin();
    area.writeDict(dict);
    const reader = readerOf(area);
    expect(reader.readNumber()).toBe(5);
    expect([
      reader.readText(),
      String.fromCharCode(reader.readNumber()),
      reader.readNumber(),
    ]).toEqual(['int', 'n', 1]);
  });
});

describe('messages of a compiled module', () => {
  const bytesOf = (numbers: number[]): Uint8Array =>
    new Uint8Array(Float64Array.from(numbers).buffer);
  /** A text, encoded as by C. */
  const text = (it: string): number[] => {
    const bytes = new Uint8Array(8 * Math.floor((it.length + 8) / 8));
    bytes.set(encodeName(it));
    return [it.length, ...new Float64Array(bytes.buffer)];
  };

  it('with a log line and a decision are decoded in order', () => {
    const place = [...text('m.c'), 12, ...text('stat')];
    const numbers = [1, ...place, 7, ...text('hello'), 3, 5, ...place, 0, 1, 61, -1, 0, 0];
    const notes = new Notes();
    readMessages(new Reader(bytesOf(numbers), numbers.length), notes);
    const at = { file: 'm.c', line: 12, func: 'stat' };
    expect(notes.heard).toEqual([
      [7, at, 'hello'],
      [5, at, ['tail', 0, [['=', -1, 0], null]], 96],
    ]);
  });

  it("with the flags of a wound open and write have the graph's, and no other number changes", () => {
    const place = [...text('m.c'), 12, ...text('open')];
    const [OPEN, WRITEV] = [11, 13];
    const number = 'n'.charCodeAt(0);
    // Each integer is ARM's O_DIRECT.
    const direct = [number, 0o200000];
    const open = [3, 5, ...place, 0, OPEN, 0, ...direct, 0, 0];
    const writev = [3, 6, ...place, 0, WRITEV, 0, 0, ...direct, ...direct, 0];
    const notes = new Notes();
    notes.toGraphFlags = makeFlagConverters('arm64').toGraph;
    const numbers = [...open, ...writev];
    readMessages(new Reader(bytesOf(numbers), numbers.length), notes);
    expect(notes.heard.map((said) => (said as unknown[])[2])).toEqual([
      ['tail', 0, [null, O_DIRECT, null, null]],
      ['tail', 0, [null, null, 0o200000, O_DIRECT, null]],
    ]);
  });

  it('with arbitrary bytes are decoded, or refused with MessageError', () => {
    const number = fc.oneof(fc.integer({ min: -2, max: 130 }), fc.double());
    const kind = fc.integer({ min: 0, max: 14 });
    fc.assert(
      fc.property(kind, fc.array(number, { maxLength: 60 }), (first, rest) => {
        const numbers = [first, ...rest];
        try {
          readMessages(new Reader(bytesOf(numbers), numbers.length), new Notes());
        } catch (error) {
          expect(error).toBeInstanceOf(MessageError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('with values of every kind, cut or changed at any place, are decoded, or refused with MessageError', () => {
    const tags = [...'nslifadbevkzm='].map((letter) => letter.charCodeAt(0));
    const extreme = fc.constantFrom(NaN, -0.5, 2 ** 53, 1e308, -Infinity, 2 ** 31, 1e15, 0.5);
    const part = fc.oneof(fc.constantFrom(...tags), fc.integer({ min: -2, max: 9 }), extreme);
    const fop = fc.constantFrom(1, 12, 13, 17, 18, 27, 28, 40, 46, 53, 54, 55);
    const head = fc.oneof(
      fop.map((number) => [4, 1, -1, 1, -1, number, 0, 0]),
      fop.map((number) => [2, 1, -1, 1, -1, 0, 0, number]),
      fc.constantFrom([11], [12, -1, 1, -1, 2], [9], [1, -1, 1, -1]),
    );
    fc.assert(
      fc.property(head, fc.array(part, { maxLength: 80 }), fc.nat(100), (start, rest, count) => {
        const numbers = [...start, ...rest];
        try {
          readMessages(new Reader(bytesOf(numbers), count), new Notes());
        } catch (error) {
          expect(error).toBeInstanceOf(MessageError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
