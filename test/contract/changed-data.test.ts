/**
 * Volumes that change data, with random caches above and below: reads, and every other reply about data, are
 * the same as without the caches. This holds for open files while the volumes are replaced, too.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tail, unwind, wind } from '../../runtime/core/gen/fops.gen.ts';
import {
  type Cbk,
  defineTranslator,
  type Fops,
  type Translator,
} from '../../runtime/core/xlator.ts';
import {
  anyCaches,
  anyOperations,
  beginning,
  disk,
  makeCacheRows,
  type Operation,
  ProgramOnGraph,
  type Row,
} from '../support/changed-data.ts';

/** A change of a byte at an offset; `undo` is its inverse. */
interface Change {
  readonly do: (byte: number, at: number) => number;
  readonly undo: (byte: number, at: number) => number;
}
const turnLetter = (byte: number, by: number): number =>
  byte >= 97 && byte <= 122 ? 97 + ((byte - 97 + by) % 26) : byte;

const changes: Readonly<Record<string, Change>> = {
  rot13: { do: (byte) => turnLetter(byte, 13), undo: (byte) => turnLetter(byte, 13) },
  rot5: { do: (byte) => turnLetter(byte, 5), undo: (byte) => turnLetter(byte, 21) },
  byPlace: { do: (byte, at) => byte ^ (at & 31), undo: (byte, at) => byte ^ (at & 31) },
  folds: { do: (byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte), undo: (byte) => byte },
};

const mapData = (data: Uint8Array, offset: number, change: Change['do']): Uint8Array =>
  data.map((byte, at) => change(byte, offset + at));

/** A translator that changes data on reads, writes or both. */
function makeChanger(name: string, half: 'both' | 'reads' | 'writes'): Translator<unknown> {
  const change = changes[name]!;
  const readvCbk: Cbk<'readv', null> = (frame, offset, _xl, opRet, opErrno, data, buf, xdata) =>
    unwind.readv(frame, opRet, opErrno, data && mapData(data, offset, change.undo), buf, xdata);
  const reads: Fops<null> = {
    readv: (frame, xl, fd, size, offset, flags, xdata) =>
      wind.readv(frame, offset, readvCbk, xl.children[0]!, fd, size, offset, flags, xdata),
  };
  const writes: Fops<null> = {
    writev: (frame, xl, fd, data, offset, flags, xdata) =>
      tail.writev(
        frame,
        xl.children[0]!,
        ...([fd, mapData(data, offset, change.do), offset, flags, xdata] as const),
      ),
  };
  return defineTranslator<null, Record<string, never>>({
    type: `test/${name}-${half}`,
    description: 'Changes data.',
    children: [1, 1],
    options: {},
    observes: false,
    init: () => null,
    fops: half === 'both' ? { ...reads, ...writes } : half === 'reads' ? reads : writes,
  }) as unknown as Translator<unknown>;
}

const kinds = new Map(
  Object.keys(changes).flatMap((name) =>
    (['both', 'reads', 'writes'] as const).map((half) => {
      const kind = makeChanger(name, half);
      return [kind.type, kind] as const;
    }),
  ),
);

/** One or two of them, by their types, each with caches over it. */
const stacks = fc.record({
  below: anyCaches(),
  volumes: fc.array(fc.tuple(fc.constantFrom(...kinds.keys()), anyCaches()), {
    minLength: 1,
    maxLength: 2,
  }),
});
type Stack = typeof stacks extends fc.Arbitrary<infer S> ? S : never;

/** The volumes of a stack, or just those that change data. */
const makeRows = ({ below, volumes }: Stack, isAlone: boolean): Row[] => [
  disk,
  ...(isAlone ? [] : makeCacheRows(below, 'below')),
  ...volumes.flatMap(([type, over], at) => [
    { name: `change${at}`, translator: kinds.get(type)! },
    ...(isAlone ? [] : makeCacheRows(over, `over${at}`)),
  ]),
];

/** Data that does not come by readv. */
const CONTENT: ReadonlySet<string> = new Set(['content', 'contentOfStat', 'contentOfAll']);

async function expectAgreement(
  stack: Stack,
  parts: readonly { readonly next?: Stack | undefined; readonly doings: readonly Operation[] }[],
): Promise<void> {
  const [cached, alone] = [
    await ProgramOnGraph.start(makeRows(stack, false)),
    await ProgramOnGraph.start(makeRows(stack, true)),
  ];
  try {
    for (const { next, doings: some } of parts) {
      if (next !== undefined) {
        await cached.exchange(makeRows(next, false));
        await alone.exchange(makeRows(next, true));
      }
      for (const doing of some) {
        const actual = await cached.do(doing);
        expect(actual, doing.join(' ')).toEqual(await alone.do(doing));
        if (CONTENT.has(doing[0]) && actual !== 'ENOENT') expect(actual).toEqual('none');
      }
      expect(await cached.readAll(), 'all files').toEqual(await alone.readAll());
    }
  } finally {
    await cached.stop();
    await alone.stop();
  }
}

test('volumes that change data return the same replies with caches above and below them as without caches', () =>
  fc.assert(
    fc.asyncProperty(stacks, anyOperations(), (stack, some) =>
      expectAgreement(stack, [{ doings: [...beginning, ...some] }]),
    ),
    { numRuns: 60 },
  ));

test('open files have the same content with and without caches while volumes that change data are replaced', () =>
  fc.assert(
    fc.asyncProperty(
      stacks,
      stacks,
      anyOperations(),
      anyOperations(),
      (stack, next, before, after) =>
        expectAgreement(stack, [{ doings: [...beginning, ...before] }, { next, doings: after }]),
    ),
    { numRuns: 30 },
  ));
