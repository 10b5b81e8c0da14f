/** Values of all fops are read as they were written, and damaged bytes give a RecordingError. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askArgs, HeldLeaf, linkDirectory, makeGfid, startGraph } from '../../test/support/core.ts';
import { onlyUnwinds, onlyWinds, readEvents, record } from '../../test/support/test-recordings.ts';
import { Dict, type DictValue } from '../core/dict.ts';
import { type Arg, type ArgType, fops } from '../core/fops.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import type { Graph } from '../core/graph.ts';
import { type Dirent, Iatt, Statvfs } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { Fd, Loc } from '../core/operands.ts';
import { openRecording } from './reader.ts';
import { RecordingError, RecordingReader, RecordingWriter, TEXT_MAX } from './recording-bytes.ts';

const roomy = () => new RecordingWriter(new Uint8Array(65_536));
const DATA_MAX = 32;

describe('a value of a recording', () => {
  it('is read as it was written, for any number', () => {
    const one = (value: number) => {
      const out = roomy();
      out.writeNumber(value);
      const input = new RecordingReader(out.bytes, 0, out.at);
      expect(input.readNumber()).toBe(value);
      expect(input.remainingBytes).toBe(0);
    };
    fc.assert(fc.property(fc.oneof(fc.maxSafeInteger(), fc.double()), one));
    for (const value of [0, -0, -1, 2 ** 31, 2 ** 52, 2 ** 53 - 1, 1 - 2 ** 53, NaN]) one(value);
  });

  it('is read as it was written, except for lone surrogates, which are replaced, and long texts, which are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (value) => {
        const out = roomy();
        out.writeText(value);
        expect(new RecordingReader(out.bytes, 0, out.at).readText()).toBe(value);
      }),
    );
    const out = roomy();
    out.writeText('a\ud800b\udcff');
    out.writeText('x'.repeat(TEXT_MAX + 1));
    const input = new RecordingReader(out.bytes, 0, out.at);
    expect(input.readText()).toBe('a\ufffdb\udcff');
    expect(input.readText()).toBe(`${'x'.repeat(TEXT_MAX)}…`);
  });

  it('is not written beyond the end of a full buffer, and makes isFull true', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(20), (value, room) => {
        const memory = new Uint8Array(100).fill(7);
        const out = new RecordingWriter(memory.subarray(0, room));
        out.writeText(value);
        expect(out.isFull).toBe(out.at > room);
        expect(memory.subarray(room).every((byte) => byte === 7)).toBe(true);
      }),
    );
  });
});

const gfid = fc.nat().map(makeGfid);
const text = fc.string({ unit: 'binary', maxLength: 40 });
const bytes = fc.uint8Array({ maxLength: 3 * DATA_MAX });
const filled = <T extends object>(make: () => T) =>
  fc.array(fc.maxSafeInteger(), { minLength: 30, maxLength: 30 }).map((numbers) => {
    const struct = make() as Record<string, unknown>;
    Object.keys(struct).forEach((key, i) => {
      if (typeof struct[key] === 'number' && i % 3 > 0) struct[key] = numbers[i];
    });
    return struct as T;
  });
const iatt = fc
  .tuple(
    filled(() => new Iatt()),
    gfid,
  )
  .map(([it, id]) => Object.assign(it, { iaGfid: id }));
const flock = fc.record({
  type: fc.nat(2),
  whence: fc.nat(2),
  start: fc.maxSafeNat(),
  len: fc.maxSafeNat(),
  pid: fc.integer(),
  owner: fc.constantFrom('', '00ff'),
});
const dictValue: fc.Arbitrary<DictValue> = fc.oneof(
  fc.maxSafeInteger(),
  fc.double(),
  text,
  bytes,
  iatt,
);
const dict = fc.dictionary(text, dictValue, { maxKeys: 5 }).map((pairs) => Dict.of(pairs));
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value);

/** Values of each type, made for a graph's inodes. */
function valuesOf(
  { inodes }: Graph,
  linked: readonly Inode[],
): Record<ArgType, fc.Arbitrary<unknown>> {
  const inode = fc.constantFrom(inodes.root, inodes.newInode(), ...linked);
  const entry = fc.record({
    name: text,
    off: fc.maxSafeNat(),
    type: fc.nat(15),
    gfid,
    stat: orNull(iatt),
    dict: orNull(dict),
    inode: fc.constant(null),
  }) as fc.Arbitrary<Dirent>;
  return {
    loc: fc.tuple(orNull(inode), orNull(inode), orNull(text)).map((of) => new Loc(...of)),
    inode,
    fd: fc
      .tuple(inode, fc.nat(), fc.boolean())
      .map(([of, flags, isDir]) => new Fd(of, flags, 1, isDir)),
    iatt,
    dict,
    str: text,
    int: fc.maxSafeInteger(),
    data: bytes,
    entries: fc.array(entry, { maxLength: 5 }),
    statvfs: filled(() => new Statvfs()),
    flock,
    lease: fc.record({ cmd: fc.nat(3), type: fc.nat(2), id: gfid, flags: fc.nat() }),
    locklist: fc.array(flock, { maxLength: 5 }),
  };
}

/** The form of a value that a reader returns. */
function seen(type: ArgType, value: unknown): unknown {
  if (value === null) return null;
  const head = (data: Uint8Array) => ({ length: data.length, head: expect.any(String) });
  const struct = (it: unknown) => (it === null ? null : { ...(it as object) });
  const list = <T>(items: readonly T[], one: (item: T) => unknown) => ({
    count: items.length,
    items: items.map(one),
  });
  const dictSeen = (of: Dict | null) => {
    if (of === null) return null;
    const pairs: unknown[] = [];
    of.forEach((key, it, of) => {
      const plain = it instanceof Uint8Array ? head(it) : it instanceof Iatt ? struct(it) : it;
      pairs.push({ key, type: of, value: plain });
    });
    return { count: of.size, items: pairs };
  };
  if (type === 'loc') {
    const { gfid, pargfid, name, path } = value as Loc;
    return { gfid, pargfid, name, path };
  }
  if (type === 'inode') return { gfid: (value as Fd['inode']).gfid };
  if (type === 'fd') {
    const { id, flags, isDir, inode } = value as Fd;
    return { id, flags, isDir, gfid: inode.gfid, path: inode.path };
  }
  if (type === 'dict') return dictSeen(value as Dict);
  if (type === 'data') return head(value as Uint8Array);
  if (type === 'locklist') return list(value as object[], struct);
  if (type !== 'entries') return typeof value === 'object' ? struct(value) : value;
  return list(value as Dirent[], ({ inode: _, ...entry }) => ({
    ...entry,
    stat: struct(entry.stat),
    dict: dictSeen(entry.dict),
  }));
}

const named = (args: readonly Arg[], values: readonly unknown[]) =>
  Object.fromEntries(args.map(({ name, type }, i) => [name, seen(type, values[i])]));

async function recorded() {
  const leaf = new HeldLeaf();
  const graph = await startGraph([{ translator: leaf.translator, name: 'storage' }]);
  const linked = ['d', 'e'].map((name, i) => linkDirectory(graph, name, makeGfid(i + 2)));
  return { leaf, graph, linked };
}

it.each(fops.map((fop) => [fop.name, fop] as const))(
  'a recording of %s has the same arguments and reply as the request',
  async (name, fop) => {
    const { leaf, graph, linked } = await recorded();
    const values = valuesOf(graph, linked);
    const of = (args: readonly Arg[]) =>
      fc.tuple(
        ...args.map(({ type, nullable }) => (nullable ? orNull(values[type]) : values[type])),
      );
    await fc.assert(
      fc.asyncProperty(of(fop.args), of(fop.reply), fc.nat(200), async (args, reply, opErrno) => {
        const recording = record(graph, { dataMax: DATA_MAX });
        leaf.onRequest = ({ answer }) => answer(-1, opErrno, ...reply);
        askArgs(graph, name as FopName, args);
        const events = await readEvents(recording.toBytes());
        expect(events).toHaveLength(2);
        expect(onlyWinds(events)[0]!.args).toEqual(named(fop.args, args));
        expect(onlyUnwinds(events)[0]).toMatchObject({ opRet: -1, opErrno });
        expect(onlyUnwinds(events)[0]!.reply).toEqual(named(fop.reply, reply));
      }),
      { numRuns: 5 },
    );
  },
);

describe('a damaged recording', async () => {
  const { leaf, graph } = await recorded();
  const recording = record(graph);
  leaf.onRequest = ({ answer }) => answer(0, 0, new Iatt(), null);
  for (let i = 0; i < 20; i++) askArgs(graph, 'stat', [new Loc(graph.inodes.root), null]);
  const whole = recording.toBytes();
  const headEnd = whole.length - recording.out.at - 16;

  /** The number of events read; -1 after a RecordingError. */
  async function readable(bytes: Uint8Array): Promise<number> {
    let count = 0;
    try {
      for await (const event of openRecording(bytes).events()) {
        JSON.stringify(event);
        count += 1;
      }
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      return -1;
    }
    return count;
  }

  it('cut off at any byte is read up to its last whole event', async () => {
    let last = -1;
    for (let end = 0; end <= whole.length; end += end < headEnd ? 101 : 1) {
      const count = await readable(whole.subarray(0, end));
      expect(count).toBeGreaterThanOrEqual(last);
      last = count;
    }
    expect(last).toBe(40);
  });

  it('with changed bytes is refused, or read in at most ten times as many events; with changed events it is read', async () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const changed = whole.slice();
        for (const [at, byte] of changes) changed[at] = byte;
        expect(await readable(changed)).toBeLessThanOrEqual(400);
      }),
      { numRuns: 100 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(recording.out.at - 1), fc.nat(255), async (at, byte) => {
        const changed = whole.slice();
        changed[headEnd + 16 + at] = byte;
        expect(await readable(changed)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 100 },
    );
  });

  it('with random bytes is refused with the reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (garbage) => {
        expect(await readable(garbage)).toBe(-1);
      }),
    );
    expect(() => openRecording(new TextEncoder().encode('volume a\nend-volume\n'))).toThrow(
      'it is not a recording of glossa',
    );
    expect(() => openRecording(whole.subarray(0, 20))).toThrow('cut off in its first bytes');
    expect(() => openRecording(whole.subarray(0, 100))).toThrow('the file ends within its head');
  });

  it('with a later format is refused with both version numbers', () => {
    const later = whole.slice();
    later[8] = 9;
    expect(() => openRecording(later)).toThrow(/the form 9 of a later version.*this one reads 1/);
  });
});
