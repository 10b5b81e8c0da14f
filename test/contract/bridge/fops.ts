/**
 * The bridge contract for fops: every fop of the table passes a module and returns with all values.
 *
 * Each check starts the module of its name (modules.ts): `bare` passes every fop on, `echo` logs the values, `change`
 * changes them as values.ts does, and so on.
 */
import { describe, expect, it } from 'vitest';
import { errnoNumber } from '../../../runtime/core/errno.ts';
import { type Arg, type FopRow, fops } from '../../../runtime/core/fops.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import type { Loc } from '../../../runtime/core/operands.ts';
import {
  hostedLanguage,
  type Language,
  type RunningModule,
  startModule,
} from '../../support/module.ts';
import { changeAll, describeAll, Samples } from './values.ts';

const EDQUOT = errnoNumber('EDQUOT')!;

/** One fop through a module: the arguments and reply above it and below it. */
interface Trip {
  readonly row: FopRow;
  readonly run: RunningModule;
  readonly sent: readonly unknown[];
  /** The requests that arrived at the child. */
  readonly arrived: readonly unknown[] | undefined;
  readonly answered: readonly unknown[];
  readonly opRet: number;
  readonly opErrno: number;
  readonly returned: readonly unknown[];
  readonly lines: readonly string[];
}

/** Lets timers of the module ring until the request has its answer. */
function advanceUntil(run: RunningModule, isDone: () => boolean): void {
  for (let ms = 0; ms < 1000 && !isDone(); ms += 1) run.context.advance(1);
}

/** Sends a fop down and its reply up, both with every field filled, or as empty as can be. */
function sendThrough(run: RunningModule, row: FopRow, full: boolean): Trip {
  const samples = new Samples(run.graph.inodes);
  const sent = samples.values(row.args, full);
  const most = row.args.findIndex(({ name, type }) => name === row.counts?.most && type === 'int');
  // As much as the reply may hold.
  if (most >= 0) sent[most] = 1_000_000;
  const answered = samples.values(row.reply, full);
  run.takeLines();
  const name = row.name as FopName;
  const reply = run.ask(name, ...(sent as never));
  advanceUntil(run, () => run.leaf.requests.length > 0 || reply.count > 0);
  const [held, ...more] = run.takeRequests();
  expect(more).toEqual([]);
  held?.answer(countReply(row, answered), 0, ...answered);
  advanceUntil(run, () => reply.count > 0);
  run.expectSettled();
  const { opRet, opErrno, values } = reply;
  const lines = run.takeLines();
  return { row, run, sent, arrived: held?.args, answered, opRet, opErrno, returned: values, lines };
}

/** op_ret of a reply: the count of a counting fop, 0 for any other. */
function countReply(row: FopRow, [first]: readonly unknown[]): number {
  if (first === null) return 0;
  if (typeof first === 'string' && counts(row))
    return Buffer.byteLength(latin(first as string), 'latin1');
  return counts(row) ? (first as { length: number }).length : 0;
}

const counts = ({ counts, reply }: FopRow): boolean =>
  reply.some(({ name, type }) => name === counts?.part && type !== 'dict');

/** As many characters as the text has bytes in UTF-8, an escaped byte being one. */
const latin = (text: string): string =>
  [...text].map((c) => 'x'.repeat(/[\udc80-\udcff]/.test(c) ? 1 : Buffer.byteLength(c))).join('');

type Check = (trip: Trip) => void;

/** Handed on: the very objects, so that nothing was copied. */
const expectSameDown: Check = ({ sent, arrived, row }) => {
  expect(arrived?.length).toBe(row.args.length);
  arrived!.forEach((value, at) => {
    expect(value, row.args[at]!.name).toBe(sent[at]);
  });
};

const expectSameUp: Check = ({ answered, returned, opRet, opErrno, row }) => {
  expect([opRet, opErrno]).toEqual([countReply(row, answered), 0]);
  expect(returned.length).toBe(row.reply.length);
  returned.forEach((value, at) => {
    expect(value, row.reply[at]!.name).toBe(answered[at]);
  });
};

/** The same, but a loc may be an equal copy. */
const expectAlikeDown: Check = ({ sent, arrived, row }) => {
  arrived!.forEach((value, at) => {
    if (row.args[at]!.type !== 'loc') expect(value, row.args[at]!.name).toBe(sent[at]);
  });
  expect(describeAll(row.args, arrived!)).toEqual(describeAll(row.args, sent));
};

const expectEqual = (
  args: readonly Arg[],
  actual: readonly unknown[],
  expected: readonly unknown[],
) => expect(describeAll(args, actual)).toEqual(describeAll(args, expected));

const expectChangedDown: Check = ({ sent, arrived, row }) =>
  expectEqual(row.args, arrived!, changeAll(row.args, sent));

const expectChangedUp: Check = ({ answered, returned, opRet, row }) => {
  const expected = changeAll(row.reply, answered);
  expectEqual(row.reply, returned, expected);
  expect(opRet).toBe(countReply(row, expected));
};

const keepsEntries: Check = ({ answered, returned, row }) => {
  row.reply.forEach(({ type }, at) => {
    if (type !== 'entries') return;
    const parts = (values: readonly unknown[]) =>
      (values[at] as { inode: unknown; dict: unknown }[] | null)?.map((e) => [e.inode, e.dict]);
    expect(parts(returned)).toEqual(parts(answered));
  });
};

const expectEchoes: Check = ({ sent, answered, lines, row }) => {
  const logged = lines.map((line) => JSON.parse(line.slice(line.indexOf(': ') + 2)) as unknown);
  expect(logged).toEqual([describeAll(row.args, sent), describeAll(row.reply, answered)]);
};

const expectNoWind: Check = ({ arrived }) => expect(arrived).toBe(undefined);

const OWN: Record<string, unknown> = {
  str: 'own',
  int: 7,
  data: Buffer.from('own').toString('hex'),
  entries: [],
  flock: { type: 0, whence: 0, start: 7, len: 0, pid: 0, owner: '07' },
  locklist: [7, 8].map((start) => ({ type: 0, whence: 0, start, len: 0, pid: 0, owner: '' })),
  iatt: expect.objectContaining({
    ia_size: 7,
    ia_type: 1,
    ia_nlink: 0,
    ia_gfid: '00000000-0000-0000-0000-000000000007',
  }),
  statvfs: expect.objectContaining({ bfree: 7, blocks: 0, bsize: 4096 }),
  lease: { cmd: 0, type: 0, id: '00000000-0000-0000-0000-000000000000', flags: 7 },
  dict: [
    ['own', 'int', 7],
    ['text', 'str', 'seven'],
    ['data', 'bin', '07ff'],
    ['half', 'double', 0.5],
  ],
};

const expectOwnReply: Check = ({ row, sent, returned }) => {
  const described = describeAll(row.reply, returned);
  row.reply.forEach(({ type, name }, at) => {
    if (type in OWN) expect(described[at], name).toEqual(OWN[type]);
    else {
      const mine = (type: string) => sent[row.args.findIndex((arg) => arg.type === type)];
      const inode = type === 'inode' ? (mine('loc') as Loc | undefined)?.inode : null;
      expect(returned[at], name).toBe(mine(type) ?? inode ?? null);
    }
  });
};

/** op_ret is the module's, except for counting fops. */
const expectOpRet =
  (opRet: number): Check =>
  ({ row, sent, opRet: actual, returned }) => {
    const all = row.name === 'writev' ? (sent[1] as Uint8Array).length : opRet;
    expect(actual).toBe(counts(row) ? countReply(row, returned) : all);
  };

/** op_ret is the default of a success. */
const expectDefaultRet: Check = ({ row, sent, opRet, returned }) => {
  const defaults: Partial<Record<string, number>> = {
    writev: (sent[1] as Uint8Array | undefined)?.length,
    copy_file_range: sent[4] as number,
    getxattr: 4,
    fgetxattr: 4,
  };
  expect(opRet).toBe(counts(row) ? countReply(row, returned) : (defaults[row.name] ?? 0));
};

const expectFailure: Check = ({ opRet, opErrno }) => expect([opRet, opErrno]).toEqual([-1, EDQUOT]);

const empty: Check = ({ row, returned }) =>
  expect(returned).toEqual(row.reply.map(({ type }) => (type === 'int' ? -1 : null)));

const expectNoLog: Check = ({ lines }) => expect(lines).toEqual([]);

/** Module → the checks of every fop. */
const checks: Readonly<Record<string, readonly Check[]>> = {
  bare: [expectSameDown, expectSameUp, expectNoLog],
  named: [expectSameDown, expectSameUp, expectNoLog],
  both: [expectSameDown, expectSameUp, expectNoLog],
  only_cbk: [expectSameDown, expectSameUp, expectNoLog],
  awaited: [expectSameDown, expectSameUp, expectNoLog],
  late: [expectAlikeDown, expectSameUp, expectNoLog],
  late_wind: [expectAlikeDown, expectSameUp, expectNoLog],
  echo: [expectSameDown, expectSameUp, expectEchoes],
  change: [expectChangedDown, expectChangedUp, keepsEntries, expectNoLog],
  change_args: [expectChangedDown, expectSameUp, expectNoLog],
  touch: [expectChangedDown, expectChangedUp, keepsEntries, expectNoLog],
  change_awaited: [expectChangedDown, expectChangedUp, keepsEntries, expectNoLog],
  own: [expectNoWind, expectOwnReply, expectOpRet(3), expectNoLog],
  own_awaited: [expectNoWind, expectOwnReply, expectDefaultRet, expectNoLog],
  refuse: [expectNoWind, expectFailure, empty, expectNoLog],
  refuse_with: [expectNoWind, expectFailure, expectOwnReply, expectNoLog],
  raising: [expectNoWind, expectFailure, empty, expectNoLog],
  any_tail: [expectSameDown, expectSameUp, expectNoLog],
  any_change: [expectChangedDown, expectChangedUp, keepsEntries, expectNoLog],
  any_answer: [expectNoWind, expectOwnReply, expectOpRet(3), expectNoLog],
};

/** A module for each way of a fop: unchanged, awaited, wound late, read, changed, answered, refused, failed. */
export const TYPICAL_MODULES: readonly string[] = [
  ...['bare', 'awaited', 'late_wind', 'echo'],
  ...['change_awaited', 'own', 'refuse_with', 'raising'],
];

/** The others. */
export const FURTHER_MODULES: readonly string[] = Object.keys(checks).filter(
  (name) => !TYPICAL_MODULES.includes(name),
);

/**
 * @param folder of the language's modules.
 * @param language the loader of the modules.
 * @param names of modules; all by default.
 */
export function fopContract(
  folder: string,
  language: Language = hostedLanguage,
  names: readonly string[] = Object.keys(checks),
): void {
  describe.each(names.map((name) => [name, checks[name]!] as const))('module %s', (name, all) => {
    it('passes, changes or answers every fop as its name says', async () => {
      const run = await startModule(folder, { name, language });
      run.takeLines();
      for (const row of fops) {
        for (const full of [true, false]) {
          const trip = sendThrough(run, row, full);
          try {
            for (const check of all) check(trip);
          } catch (error) {
            throw Object.assign(error as Error, {
              message: `${row.name} (${full ? 'full' : 'empty'}): ${(error as Error).message}`,
            });
          }
        }
      }
    });
  });
}
