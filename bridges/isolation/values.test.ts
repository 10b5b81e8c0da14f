/** Encoding of fop values: round trips, and refusal of arbitrary or damaged bytes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import type { Fd } from '../../runtime/core/fd.ts';
import { type Arg, type ArgType, fops } from '../../runtime/core/fops.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { InodeTable } from '../../runtime/core/inode.ts';
import { describeAll, Samples } from '../../test/contract/bridge/values.ts';
import { MalformedMessageError, MessageReader, MessageWriter } from './message-bytes.ts';
import { ReplyWindow } from './reply-window.ts';
import { type ExchangedValues, type ObjectCodec, readValues, writeValues } from './values.ts';

/** References to inodes and fds, by numbers that both sides share. */
function known(): ObjectCodec {
  const inodes = new Map<number, Inode>();
  const fds = new Map<number, Fd>();
  const find = <T>(map: Map<number, T>, number: number): T => {
    const found = map.get(number);
    if (found === undefined) throw new MalformedMessageError('unknown number');
    return found;
  };
  return {
    writeInode(to, inode) {
      if (inode !== null) inodes.set(inode.id, inode);
      to.writeNumber(inode === null ? 0 : inode.id);
    },
    readInode(from) {
      const number = from.readNumber();
      return number === 0 ? null : find(inodes, number);
    },
    writeFd(to, fd) {
      fds.set(fd.id, fd);
      to.writeNumber(fd.id);
    },
    readFd: (from) => find(fds, from.readNumber()),
  };
}

/** The bytes of a written message. */
function sent(writer: MessageWriter): Uint8Array {
  const parts = [writer.bytes.slice(0, writer.headLength), ...writer.longParts];
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

const rows = fops.flatMap(({ name, args, reply }) => [
  [name, args],
  [`${name}'s reply`, reply],
]) as [string, readonly Arg[]][];

it.each(rows)(
  'the values of %s are unchanged after encoding, also as references to values sent before',
  (_, args) => {
    const samples = new Samples(new InodeTable([]));
    for (const full of [true, false]) {
      const things = known();
      const writer = new MessageWriter().begin(1);
      const values = samples.values(args, full);
      writeValues(writer, args, values, things, null);
      const bytes = sent(writer);
      const reader = new MessageReader().open(bytes, bytes.length, writer.headLength, true);
      expect(reader.readU8()).toBe(1);
      const read = readValues(reader, args, things, null);
      expect(describeAll(args, read)).toEqual(describeAll(args, values));
      // Received values are sent back as their places.
      const asked: ExchangedValues = { args: { args, values }, replies: new ReplyWindow() };
      writeValues(writer.begin(1), args, values, things, asked);
      const back = sent(writer);
      const again = readValues(
        new MessageReader().open(back.subarray(1), back.length - 1, writer.headLength - 1, false),
        args,
        things,
        asked,
      );
      again.forEach((value, at) => {
        if (typeof value === 'object') expect(value).toBe(values[at] ?? null);
      });
    }
  },
);

it('text that no bytes represent is refused between threads, also in a dict or as a lock owner', () => {
  const send = (type: ArgType, value: unknown) => () => {
    const args: readonly Arg[] = [{ name: 'value', type, nullable: false, needed: true }];
    const writer = new MessageWriter().begin(1);
    writeValues(writer, args, [value], known(), null);
    const bytes = sent(writer);
    const reader = new MessageReader().open(bytes, bytes.length, writer.headLength, true);
    reader.readU8();
    return readValues(reader, args, known(), null);
  };
  const flock = { type: 0, whence: 0, start: 0, len: 0, pid: 1, owner: '00' };
  for (const bad of ['\ud800', 'a\udfff']) {
    expect(send('str', bad)).toThrow(MalformedMessageError);
    expect(send('dict', Dict.of({ key: bad }))).toThrow('a text is not encodable as bytes');
    expect(send('dict', Dict.of({ [bad]: 1 }))).toThrow('a text is not encodable as bytes');
    expect(send('flock', { ...flock, owner: bad })).toThrow(MalformedMessageError);
  }
  expect(send('flock', { ...flock, owner: 'me' })).toThrow('an invalid lock owner');
  expect(send('flock', flock)()).toEqual([flock]);
});

it('arbitrary bytes are decoded or refused with MalformedMessage', () => {
  const bytes = fc.uint8Array({ maxLength: 400 });
  fc.assert(
    fc.property(fc.nat(rows.length - 1), bytes, fc.nat(), (at, message, head) => {
      const [, args] = rows[at]!;
      try {
        const reader = new MessageReader().open(message, message.length, head % 401, true);
        expect(readValues(reader, args, known(), null)).toHaveLength(args.length);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessageError);
      }
    }),
    { numRuns: 2000 },
  );
});

it('a message between threads with one changed byte is decoded, or refused with MalformedMessage', () => {
  const samples = new Samples(new InodeTable([]));
  fc.assert(
    fc.property(fc.nat(rows.length - 1), fc.nat(), fc.nat(255), (at, place, byte) => {
      const [, args] = rows[at]!;
      const things = known();
      const writer = new MessageWriter().begin(1);
      writeValues(writer, args, samples.values(args, true), things, null);
      const bytes = sent(writer);
      bytes[place % bytes.length] = byte;
      const reader = new MessageReader().open(bytes, bytes.length, writer.headLength, true);
      try {
        reader.readU8();
        expect(readValues(reader, args, things, null)).toHaveLength(args.length);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessageError);
      }
    }),
    { numRuns: 1000 },
  );
});
