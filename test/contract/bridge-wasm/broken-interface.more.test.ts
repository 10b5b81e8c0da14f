/**
 * Attempts of a module that breaks the interface of docs/wasm-abi.md: areas and windows outside of its memory, forged
 * counts, and results that no call may have. After each, the volume serves.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { EIO, ENOENT, EPERM } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { makeFolder } from '../../support/folder.ts';
import { type RunningModule, startModule } from '../../support/module.ts';
import { translate } from '../../support/wasm-text.ts';

/** The code of a module at the places where it does harm. Each is an expression with a result of i32, or ''. */
interface Harm {
  /** In access, by a caller with uid 1. */
  readonly begin?: string;
  /** In the callback of access. */
  readonly end?: string;
  /** In the next glossa_area for more than 64 KiB, glossa_data or glossa_messages after that access. */
  readonly area?: string;
  readonly data?: string;
  readonly messages?: string;
}

interface Attempt extends Harm {
  /** The errno of the request in which the harm comes; EPERM by default. */
  readonly errno?: number;
  readonly logged?: RegExp;
  readonly isLost?: boolean;
}

const REFUSED = '(i32.const -1)';
const TRAP = '(unreachable)';
const LOOP = '(loop $again (br $again)) (unreachable)';
const END = '(i32.shl (memory.size) (i32.const 16))';
/** Grows the memory by the pages of a larger area. */
const GROW_AREA =
  '(drop (memory.grow (i32.add (i32.shr_u (local.get $bytes) (i32.const 16)) (i32.const 1))))';
/** Grows the memory by pages. */
const grow = (pages: number): string => `(drop (memory.grow (i32.const ${pages})))`;
/** Writes the number of doubles in the messages. */
const count = (value: string): string => `(f64.store (global.get $at) (f64.const ${value}))`;

/** Sends messages as doubles; `id` is the request's number. */
function send(...numbers: readonly (number | 'id')[]): string {
  const stores = numbers.map((number, index) => {
    const value =
      number === 'id' ? '(f64.load offset=24 (global.get $at))' : `(f64.const ${number})`;
    return `(f64.store (i32.const ${1024 + 8 * index}) ${value})`;
  });
  return stores.join('\n') + count(String(numbers.length));
}

const gfid = Buffer.from('00000000-0000-0000-0000-000000000001\0\0\0\0', 'latin1');
const gfidDoubles = Array.from({ length: gfid.length / 8 }, (_, at) => gfid.readDoubleLE(8 * at));
/** A request of the module's own to the child: access of the root. */
const OWN = send(...[2, -77, -1, 1, -1, 0, 0, 22, 108, 0, 0, -1, 36, ...gfidDoubles, 110, 0, 0]);
const wind = (number: number): (number | 'id')[] => [
  2,
  'id',
  -1,
  1,
  -1,
  number,
  0,
  22,
  61,
  -1,
  0,
  61,
  -1,
  1,
  0,
];

/** The module: access, writev and getxattr fail with EPERM; its area, data and messages are in pages of their own. */
const makeModule = ({ begin = REFUSED, end, area, data, messages }: Harm): string => `(module
  (memory (export "memory") 8 1024)
  (global $at (mut i32) (i32.const 65536))
  (global $armed (mut i32) (i32.const 0))
  (global $replies (mut i32) (i32.const 0))
  (func $take (result i32)
    (global.get $armed) (global.set $armed (i32.const 0)))
  (func (export "glossa_abi_version") (result i32) (i32.const 1))
  (func $place (param $bytes i32) (result i32)
    (local $start i32)
    (if (i32.le_u (local.get $bytes) (i32.const 65536)) (then (return (i32.const 65536))))
    ${area === undefined ? '' : `(if (call $take) (then (return ${area})))`}
    (local.set $start ${END})
    ${GROW_AREA}
    (memory.copy (local.get $start) (global.get $at) (i32.const 65536))
    (local.get $start))
  (func (export "glossa_area") (param $bytes i32) (result i32)
    (global.set $at (call $place (local.get $bytes))) (global.get $at))
  (func (export "glossa_data") (param $bytes i32) (result i32)
    ${data === undefined ? '' : `(if (call $take) (then (return ${data})))`}
    (select (i32.const 0) (i32.const 131072) (i32.gt_u (local.get $bytes) (i32.const 262144))))
  (func (export "glossa_messages") (result i32)
    ${messages === undefined ? '' : `(if (call $take) (then (return ${messages})))`}
    (i32.const 1024))
  (func $describe (result i32)
    (memory.fill (i32.const 1024) (i32.const 0) (i32.const 568))
    (f64.store (i32.const ${1024 + 8 * 22}) (f64.const 3))
    (f64.store (i32.const ${1024 + 8 * 13}) (f64.const 1))
    (f64.store (i32.const ${1024 + 8 * 18}) (f64.const 1))
    (f64.store (i32.const ${1024 + 8 * 69}) (f64.const -1))
    ${count('70')} (i32.const 0))
  (func $recurse (result i32) (i32.add (call $recurse) (i32.const 1)))
  (func $begin (result i32)
    (if (f64.ne (f64.load offset=40 (global.get $at)) (f64.const 1)) (then (return ${REFUSED})))
    (global.set $armed (i32.const 1))
    (global.set $replies (i32.const 0))
    ${begin})
  (func $end (result i32)
    (global.set $replies (i32.add (global.get $replies) (i32.const 1)))
    ${end ?? '(i32.sub (i32.const 0) (i32.trunc_f64_s (f64.load offset=56 (global.get $at))))'})
  (func (export "glossa_enter") (param $command i32) (param $data i32) (result i32)
    ${count('0')}
    (if (i32.eq (local.get $command) (i32.const 2)) (then (return (call $describe))))
    (if (i32.eq (local.get $command) (i32.const ${22 << 8})) (then (return (call $begin))))
    (if (i32.eq (local.get $command) (i32.const ${(22 << 8) + 1})) (then (return (call $end))))
    (if (i32.eqz (i32.and (local.get $command) (i32.const 255))) (then (return ${REFUSED})))
    (i32.const 0)))`;

const OUTSIDE = { errno: EIO, logged: /outside of its memory, or not aligned to 8/ };
const GAVE_UP = { errno: EIO, logged: /it gave up/, isLost: true };
const TOO_LONG = { errno: EIO, logged: /ran too long/, isLost: true };
const NO_DECISION = { errno: EIO, logged: /the result \d+ is not a decision/ };
const WINDOW = {
  errno: EIO,
  logged: /glossa_data returned an address outside/,
  isLost: true,
};
const NO_REPLY = { errno: EIO, logged: /passed on reply \d+, which has not come/ };
const NO_ACCESS = { errno: EIO, logged: /an access outside of its memory/, isLost: true };

const largeAreas: Readonly<Record<string, Attempt>> = {
  'has no memory for a larger area': {
    ...{ area: '(i32.const 0)', errno: EIO, isLost: true },
    logged: /no memory for the arguments/,
  },
  'has a larger area that is not aligned': { area: '(i32.const 65540)', ...OUTSIDE, isLost: true },
  'has a larger area that ends after the memory': {
    area: `(i32.sub ${END} (i32.const 65536))`,
    ...OUTSIDE,
    isLost: true,
  },
  'has a larger area in the middle of the addresses': {
    area: '(i32.const 0x80000000)',
    ...OUTSIDE,
    isLost: true,
  },
  'has a larger area at the last address': {
    area: '(i32.const 0xfffffff8)',
    ...OUTSIDE,
    isLost: true,
  },
  'traps when the area grows': { area: TRAP, ...GAVE_UP },
  'loops when the area grows': { area: LOOP, ...TOO_LONG },
  'moves its area without the content': {
    area: `${GROW_AREA} (i32.sub (i32.sub ${END} (i32.and (local.get $bytes) (i32.const -8))) (i32.const 8))`,
  },
};

const windows: Readonly<Record<string, Attempt>> = {
  'has no window for data': {
    ...{ data: '(i32.const 0)', errno: EIO, isLost: true },
    logged: /no memory for the data/,
  },
  'has a window that ends after the memory': { data: `(i32.sub ${END} (i32.const 1))`, ...WINDOW },
  'has a window in the middle of the addresses': { data: '(i32.const 0x80000000)', ...WINDOW },
  'has a window at the last address': { data: '(i32.const 0xffffffff)', ...WINDOW },
  'traps in glossa_data': { data: TRAP, ...GAVE_UP },
  'loops in glossa_data': { data: LOOP, ...TOO_LONG },
  'grows in glossa_data': { data: `${grow(16)} (i32.const 131072)` },
};

/** Access sends a message of one number, so that the host asks for the messages. */
const messages: Readonly<Record<string, Attempt>> = {
  'has messages that are not aligned': { messages: '(i32.const 1028)', ...OUTSIDE },
  'has messages after its memory': { messages: END, ...OUTSIDE },
  'has messages in the middle of the addresses': { messages: '(i32.const 0x80000000)', ...OUTSIDE },
  'has messages that end after its memory': {
    messages: `(i32.sub ${END} (i32.const 8))`,
    ...OUTSIDE,
  },
  'traps in glossa_messages': { messages: TRAP, ...GAVE_UP },
  'loops in glossa_messages': { messages: LOOP, ...TOO_LONG },
  'grows in glossa_messages': { messages: `${grow(16)} (i32.const 1024)` },
};

const counts = ['nan', '-1', 'inf', '1e15', '0.5', '4294967296'];
const results: Readonly<Record<string, Attempt>> = {
  '4': NO_DECISION,
  '15': NO_DECISION,
  '16': NO_REPLY,
  '115': NO_REPLY,
  '0x7fffffff': NO_REPLY,
  '0x80000000': { errno: EIO },
  '-512': { errno: EIO },
  '3': { errno: EIO },
};

const calls: Readonly<Record<string, Attempt>> = {
  ...Object.fromEntries(
    counts.map((value) => [
      `sends ${value} numbers`,
      { begin: `${count(value)} ${REFUSED}`, ...OUTSIDE },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(results).map(([value, rest]) => [
      `has the result ${value}`,
      { begin: `(i32.const ${value})`, ...rest },
    ]),
  ),
  'winds again by the result of each reply': {
    begin: '(i32.const 1)',
    end: '(i32.const 1)',
    ...NO_DECISION,
  },
  'winds again by a message and the result of each reply': {
    begin: '(i32.const 1)',
    end: `${send(2, 'id', -1, 1, -1, 0, 0, 14, 61, -1, 0, 0)} (i32.const 1)`,
    ...NO_DECISION,
  },
  'winds unchanged after its answer': {
    begin: `${send(...wind(0), ...wind(1))} (i32.const 0)`,
    end: `(select ${REFUSED} (i32.const 2) (i32.and (global.get $replies) (i32.const 1)))`,
    logged: /wound after its answer/,
  },
  'winds a request of its own by a result': {
    begin: `${OWN} ${REFUSED}`,
    end: '(i32.const 1)',
    logged: /the result 1 is not a decision/,
  },
  'passes on a request of its own by a result': {
    begin: `${OWN} ${REFUSED}`,
    end: '(i32.const 2)',
    logged: /wound after its answer/,
  },
  'answers a request of its own by a reply': {
    begin: `${OWN} ${REFUSED}`,
    end: '(i32.const 16)',
    logged: /passed on reply 0, which has not come/,
  },
  'grows its memory in a call': { begin: `${grow(64)} ${REFUSED}` },
  'grows its memory after a message': {
    begin: `${send(1, -1, 1, -1, 4, -1)} ${grow(64)} ${REFUSED}`,
  },
  'overwrites the record': {
    begin: `(memory.fill (i32.const 65536) (i32.const 255) (i32.const 65536)) ${count('0')} ${REFUSED}`,
  },
  'reads the last address': { begin: '(i32.load8_u (i32.const -1))', ...NO_ACCESS },
  'writes after its memory': {
    begin: `(i32.store8 ${END} (i32.const 1)) ${REFUSED}`,
    ...NO_ACCESS,
  },
  traps: { begin: TRAP, ...GAVE_UP },
  recurses: {
    ...{ begin: '(call $recurse)', errno: EIO, isLost: true },
    logged: /nested too deep|outside of its memory/,
  },
  loops: { begin: LOOP, ...TOO_LONG },
};

const RECORD = Dict.of({ large: 'x'.repeat(300_000) });
const requests = {
  record: (run: RunningModule) => run.ask('getxattr', run.knownLoc('a'), 'user.x', RECORD),
  data: (run: RunningModule) =>
    run.ask('writev', new Fd(run.root, 2, 1), new Uint8Array(100_000), 0, 0, null),
};

async function start(harm: Harm): Promise<RunningModule> {
  const folder = makeFolder();
  writeFileSync(join(folder, 'm.wasm'), translate(makeModule(harm)));
  const options = { 'restart-backoff': '0', 'time-limit': '1', 'memory-limit': '64MB' };
  const run = await startModule(folder, { name: 'm.wasm', options });
  run.leaf.onRequest = (held) => held.answer(-1, ENOENT, ...Array.from({ length: 6 }, () => null));
  run.takeLines();
  return run;
}

/** @param later the request in which the harm comes, if it is not access */
async function expectServes(attempt: Attempt, later?: keyof typeof requests): Promise<void> {
  const { errno = EPERM, logged, isLost = false } = attempt;
  const run = await start(attempt);
  const first = run.askAs({ uid: 1 }, 'access', run.knownLoc('a'), 0, null);
  if (later !== undefined) expect(first).toMatchObject({ count: 1, opErrno: EPERM });
  const reply = later === undefined ? first : requests[later](run);
  expect([reply.count, reply.opErrno]).toEqual([1, errno]);
  if (isLost)
    await vi.waitFor(() => expect(run.host.counters.restarts).toBe(1), { timeout: 30_000 });
  const access = run.ask('access', run.knownLoc('b'), 0, null);
  for (const next of [requests.record(run), requests.data(run), access])
    expect(next).toMatchObject({ count: 1, opErrno: EPERM });
  run.context.advance(1000);
  const log = run.takeLines().join('\n');
  if (logged !== undefined) expect(log).toMatch(logged);
  expect(run.host.counters.restarts).toBe(isLost ? 1 : 0);
  expect(run.host.interpreters.length).toBe(1);
  run.expectSettled();
}

describe('the volume of a module serves after it', () => {
  it.each(Object.entries(largeAreas))('%s', (_, attempt) => expectServes(attempt, 'record'));
  it.each(Object.entries(windows))('%s', (_, attempt) => expectServes(attempt, 'data'));
  it.each(Object.entries(messages))('%s', (_, attempt) =>
    expectServes({ ...attempt, begin: `${send(13, 1)} ${REFUSED}` }),
  );
  it.each(Object.entries(calls))('%s', (_, attempt) => expectServes(attempt));
});
