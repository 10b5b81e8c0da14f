/**
 * Attempts of a module in Rust (attacks.rs) that breaks the interface of docs/wasm-abi.md: areas and
 * windows outside of its memory, forged counts, and results that no call may have. After each, the
 * volume serves.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { EIO, ENOENT, EPERM } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { type RunningModule, startModule } from '../../support/module.ts';
import { libraryFolder } from '../../support/native.ts';
import { compileRust, rustCompiler } from '../../support/rust.ts';

interface Attempt {
  readonly title: string;
  readonly number: number;
  /** The errno of the request in which the harm comes. */
  readonly errno: number;
  readonly logged?: RegExp;
  readonly isLost?: boolean;
  /** The request in which the harm comes, if it is a later one. */
  readonly later?: 'a large record' | 'data';
}

type Row = readonly [number: number, title: string];
const make = (rows: readonly Row[], rest: Omit<Attempt, 'title' | 'number'>): Attempt[] =>
  rows.map(([number, title]) => ({ number, title, ...rest }));

const OUTSIDE = /outside of its memory, or not aligned to 8/;
const COUNT = /its messages are outside of its memory, or not aligned to 8/;

const attempts: readonly Attempt[] = [
  ...make([[1, 'has no memory for a larger area']], {
    ...{ errno: EIO, logged: /no memory for the arguments/, isLost: true, later: 'a large record' },
  }),
  ...make(
    [
      [2, 'has a larger area that is not aligned'],
      [3, 'has a larger area that ends after the memory'],
      [4, 'has a larger area in the middle of the addresses'],
      [5, 'has a larger area at the last address'],
    ],
    { errno: EIO, logged: OUTSIDE, isLost: true, later: 'a large record' },
  ),
  ...make([[6, 'traps when the area grows']], {
    ...{ errno: EIO, logged: /it gave up/, isLost: true, later: 'a large record' },
  }),
  ...make([[7, 'loops when the area grows']], {
    ...{ errno: EIO, logged: /ran too long/, isLost: true, later: 'a large record' },
  }),
  ...make([[8, 'moves its area without the content']], { errno: EPERM, later: 'a large record' }),
  ...make([[20, 'has no window for data']], {
    ...{ errno: EIO, logged: /no memory for the data/, isLost: true, later: 'data' },
  }),
  ...make(
    [
      [21, 'has a window that ends after the memory'],
      [22, 'has a window in the middle of the addresses'],
      [23, 'has a window at the last address'],
    ],
    { errno: EIO, logged: /glossa_data returned an address outside/, isLost: true, later: 'data' },
  ),
  ...make([[24, 'traps in glossa_data']], {
    ...{ errno: EIO, logged: /it gave up/, isLost: true, later: 'data' },
  }),
  ...make([[25, 'loops in glossa_data']], {
    ...{ errno: EIO, logged: /ran too long/, isLost: true, later: 'data' },
  }),
  ...make([[26, 'grows in glossa_data']], { errno: EPERM, later: 'data' }),
  ...make(
    [
      [40, 'has messages that are not aligned'],
      [41, 'has messages after its memory'],
      [42, 'has messages in the middle of the addresses'],
      [43, 'has messages that end after its memory'],
      [50, 'sends NaN numbers'],
      [51, 'sends -1 numbers'],
      [52, 'sends infinitely many numbers'],
      [53, 'sends 1e15 numbers'],
      [54, 'sends half a number'],
      [55, 'sends 2^32 numbers'],
    ],
    { errno: EIO, logged: COUNT },
  ),
  ...make([[44, 'traps in glossa_messages']], { errno: EIO, logged: /it gave up/, isLost: true }),
  ...make([[45, 'loops in glossa_messages']], { errno: EIO, logged: /ran too long/, isLost: true }),
  ...make([[46, 'grows in glossa_messages']], { errno: EPERM }),
  ...make(
    [
      [60, 'has the result 4'],
      [61, 'has the result 15'],
    ],
    { errno: EIO, logged: /the result \d+ is not a decision/ },
  ),
  ...make(
    [
      [62, 'passes on a reply that has not come'],
      [63, 'passes on a reply that it has not wound'],
      [64, 'passes on the reply to the highest wind'],
    ],
    { errno: EIO, logged: /passed on reply \d+, which has not come/ },
  ),
  ...make(
    [
      [65, 'fails with the lowest errno'],
      [66, 'fails with errno 512'],
      [67, 'fails its call'],
    ],
    { errno: EIO },
  ),
  ...make(
    [
      [70, 'winds again by the result of each reply'],
      [71, 'winds again by a message and the result of each reply'],
    ],
    { errno: EIO, logged: /the result 1 is not a decision/ },
  ),
  ...make([[72, 'winds unchanged after its answer']], {
    ...{ errno: EPERM, logged: /wound after its answer/ },
  }),
  ...make([[73, 'winds a request of its own by a result']], {
    ...{ errno: EPERM, logged: /the result 1 is not a decision/ },
  }),
  ...make([[74, 'passes on a request of its own by a result']], {
    ...{ errno: EPERM, logged: /wound after its answer/ },
  }),
  ...make([[75, 'answers a request of its own by a reply']], {
    ...{ errno: EPERM, logged: /passed on reply 0, which has not come/ },
  }),
  ...make(
    [
      [80, 'grows its memory in a call'],
      [82, 'overwrites the record'],
    ],
    { errno: EPERM },
  ),
  ...make([[81, 'grows its memory after a message']], { errno: EPERM }),
  ...make(
    [
      [83, 'reads the last address'],
      [84, 'writes after its memory'],
    ],
    { errno: EIO, logged: /an access outside of its memory/, isLost: true },
  ),
  ...make(
    [
      [85, 'allocates 2 GiB'],
      [86, 'panics'],
    ],
    { errno: EIO, logged: /it gave up/, isLost: true },
  ),
  ...make([[87, 'recurses']], {
    ...{ errno: EIO, logged: /nested too deep|outside of its memory/, isLost: true },
  }),
  ...make([[88, 'loops']], { errno: EIO, logged: /ran too long/, isLost: true }),
];

async function start(): Promise<RunningModule> {
  const out = join(libraryFolder(), 'attacks_rust.wasm');
  if (!existsSync(out)) compileRust(join(import.meta.dirname, 'attacks.rs'), out, ['-O']);
  const options = { 'restart-backoff': '0', 'time-limit': '1', 'memory-limit': '64MB' };
  const run = await startModule(libraryFolder(), { name: 'attacks_rust.wasm', options });
  run.leaf.onRequest = (held) => held.answer(-1, ENOENT, ...Array.from({ length: 6 }, () => null));
  run.takeLines();
  return run;
}

/** Requests for a call with a large record, and for one with data. */
const requests = {
  'a large record': (run: RunningModule) =>
    run.ask('getxattr', run.knownLoc('a'), 'user.x', Dict.of({ large: 'x'.repeat(300_000) })),
  data: (run: RunningModule) =>
    run.ask('writev', new Fd(run.root, 2, 1), new Uint8Array(100_000), 0, 0, null),
};

describe.skipIf(rustCompiler === '')('the volume of a module in Rust serves after it', () => {
  it.each(attempts)('$title', async ({ number, errno, logged, isLost, later }) => {
    const run = await start();
    const first = run.askAs({ uid: number }, 'access', run.knownLoc('a'), 0, null);
    if (later !== undefined) expect(first).toMatchObject({ count: 1, opErrno: EPERM });
    const reply = later === undefined ? first : requests[later](run);
    expect([reply.count, reply.opErrno]).toEqual([1, errno]);
    if (isLost === true)
      await vi.waitFor(() => expect(run.host.counters.restarts).toBe(1), { timeout: 30_000 });
    for (const request of Object.values(requests))
      expect(request(run)).toMatchObject({ count: 1, opErrno: EPERM });
    expect(run.ask('access', run.knownLoc('b'), 0, null)).toMatchObject({
      count: 1,
      opErrno: EPERM,
    });
    run.context.advance(1000);
    const log = run.takeLines().join('\n');
    if (logged !== undefined) expect(log).toMatch(logged);
    expect(run.host.counters.restarts).toBe(isLost === true ? 1 : 0);
    expect(run.host.interpreters.length).toBe(1);
    run.expectSettled();
  });
});
