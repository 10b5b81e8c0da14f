/**
 * Requests below each translator of GlusterFS and of glossa, for the same calls over one GlusterFS brick.
 * glossa sends the same requests or fewer, in the same order; `OTHERWISE` lists each difference in
 * requests or results, with its reason.
 *
 * glossa's clock stands still, and GlusterFS caches for a minute: no entry expires during a trace.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrickClients, bytes, clientVolfile } from '../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { findGfapiObstacle, isWithoutBricks, RealBrick } from '../../../test/support/gluster.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';
import { skipFor } from '../../../test/support/tools.ts';
import { type Trace, traces } from '../../../test/support/trace-scripts.ts';
import { type ObservedPart, Ours, play, Theirs } from '../../../test/support/trace-steps.ts';
import { EFBIG } from '../../core/errno.ts';

/** The byte that fills the prepared files. */
const X = 120;
const PAGE = 131_072;

const times = (count: number, what: (nth: number) => string): string[] =>
  Array.from({ length: count }, (_, nth) => what(nth));

type Row = { readonly why: string } & Partial<ObservedPart>;

/** Differences of glossa by trace and part, with the reason. */
const OTHERWISE: Readonly<Record<string, Row>> = {
  'write-behind without trickling-writes: a read before the held range': {
    why: 'data behind the end of the file makes zeros of what is in front of it: it goes first',
    fops: ['writev 100@50', 'readv 10@0'],
  },
  'write-behind where writes fail: a write elsewhere': {
    why: 'each fd hears of it once, at its next write, fsync or close',
    results: [-EFBIG, 0],
  },
  'write-behind where writes fail: a read elsewhere': {
    why: 'nothing else fails, and no write is tried again',
    fops: ['readv 10@0'],
    results: [[10, 10 * X], 0],
  },
  'write-behind where writes fail: a read of it': {
    why: 'what was not written is not there',
    fops: ['readv 10@16384'],
    results: [[0, 0], 0],
  },
  'write-behind where writes fail: fstat': {
    why: 'nothing else fails',
    fops: ['fstat'],
    results: [4096, 0],
  },
  'write-behind where writes fail: a write by another fd': {
    why: 'each fd hears of it once',
    results: [-EFBIG, 0],
  },
  'write-behind where writes fail: fsync': {
    why: 'it has heard of it',
    fops: ['fsync'],
    results: [0, 0],
  },
  'write-behind where writes fail: close': {
    why: 'each fd hears of what has failed since, also when another was told',
    results: [-EFBIG, 0],
  },
  'write-behind where writes fail: and where there is room later': {
    why: 'data that was not written is gone, and who has written it hears so',
    results: [0, 4096, 0, 0, -EFBIG, 4096],
  },
  'write-behind and locks: an unlock': {
    why: 'data written under a lock reaches the storage before the lock is released',
    fops: [
      ...['lookup', 'create', 'lk', 'writev 10@0', 'lk'].flatMap((fop) => [
        fop,
        `${fop.split(' ')[0]} answered`,
      ]),
    ],
  },
  'read-ahead: a read somewhere': {
    why: 'what was not foreseen goes down as it is, not as pages',
    fops: ['lookup', 'open', 'readv 4096@700000'],
  },
  'read-ahead: small reads in sequence': {
    why: 'the first two show that it is a sequence',
    fops: ['readv 4096@0', 'readv 4096@4096', 'readv 131072@8192', 'readv 131072@139264'],
  },
  'read-ahead: larger ones after them': {
    why: 'pages begin where the sequence has; the read that is being answered counts for how far it goes',
    fops: [...times(6, (nth) => `readv ${PAGE}@${139_264 + PAGE + nth * PAGE}`), 'fstat'],
  },
  'read-ahead: pages in sequence': {
    why: 'the read that is being answered counts for how far it goes: a page further in the end',
    fops: ['flush', 'lookup', 'open', ...times(8, (nth) => `readv ${PAGE}@${nth * PAGE}`), 'fstat'],
  },
  'read-ahead: a small file to its end': {
    why: 'what was not foreseen goes down as it is, not as pages',
    fops: ['lookup', 'open', 'readv 4096@0', 'readv 4096@1000', 'fstat'],
  },
  'io-cache: a read over pages': {
    why: 'pages that one read needs are asked for by one request',
    fops: ['readv 524288@0'],
  },
  'io-cache: a write, and a read of it': {
    why: 'a write has the file forgotten: pages that it changes are not those of the brick for sure',
    fops: ['writev 10@0', `readv ${PAGE}@0`],
  },
  'io-cache: a lock, and a read': {
    why: 'who gets a lock sees what others have written before it',
    fops: ['lk', 'fstat'],
  },
  'io-cache: appended data': {
    why: 'it is there for who reads it',
    fops: ['writev 1000@1000', `readv ${PAGE}@0`],
    results: [1000, [2000, 1000 * X + 1000 * 2], [1000, 1000 * 2]],
  },
  'md-cache: setxattr, and stat': {
    why: 'a volume in between may tell other attributes than those in its xdata, which the brick has sent',
    fops: ['setxattr', 'lookup'],
  },
};

/** Whether `all` contains `some` in this order. */
function isPartOf(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const each of all) if (each === some[at]) at += 1;
  return at === some.length;
}

describe.skipIf(isWithoutBricks())('the requests that performance translators send below', () => {
  let folder: string;
  let brick: RealBrick;
  let clients: BrickClients;

  beforeAll(async () => {
    folder = makeFolder();
    // SIGXFSZ would end the brick.
    const wrapper = ['sh', '-c', `trap '' XFSZ; exec "$@"`, 'sh'];
    mkdirSync(join(folder, 'brick'));
    brick = await RealBrick.start(join(folder, 'brick'), { wrapper });
    clients = new BrickClients(undefined, undefined, { isTimeless: true });
  });
  afterAll(async () => {
    await clients?.end();
    await brick?.end();
  });

  async function prepare(prefix: string, { files = {}, names = 0 }: Trace): Promise<void> {
    const { ask, end } = await clients.open(brick.port);
    for (const [name, size] of Object.entries(files)) {
      await ask('write', `/${prefix}${name}`, bytes(String.fromCharCode(X).repeat(size)), null);
    }
    if (names > 0) await ask('mkdir', `/${prefix}d`);
    for (let nth = 0; nth < names; nth++) await ask('mknod', `/${prefix}d/name-${nth}`);
    await end();
  }

  const rows = Object.entries(traces);
  it.each(selectVariants(rows, (row) => rows.indexOf(row) % 2 === 0))(
    "are the same as GlusterFS's, or differ as this test lists: %s",
    async (name, trace) => {
      skipFor(findGfapiObstacle());
      const { above: caches, parts, withReplies } = trace;
      const above = [['debug/trace', { 'log-file': 'yes' }] as const, ...caches];
      const volfile = clientVolfile(brick.port, { above });
      const nth = Object.keys(traces).indexOf(name);

      await prepare(`t${nth}-`, trace);
      const gfapi = await Theirs.start(folder, volfile, `t${nth}-`);
      const theirs = await play(gfapi, brick, parts, withReplies).finally(() => gfapi.end());

      await prepare(`o${nth}-`, trace);
      const own = new BrickClients(undefined, undefined, { isTimeless: true });
      const client = await own.start(volfile);
      const program = new Ours(client, `o${nth}-`, own.log);
      const ours = await play(program, brick, parts, withReplies).finally(() => own.end());

      for (const part of Object.keys(parts)) {
        const [here, there] = [ours[part]!, theirs[part]!];
        const row: Row = OTHERWISE[`${name}: ${part}`] ?? { why: '' };
        const text = `${part}${row.why && `: ${row.why}`}, ${JSON.stringify({ ours: here, theirs: there })}`;
        if (row.results !== undefined) expect.soft(here.results, text).not.toEqual(there.results);
        expect.soft(here.results, text).toEqual(row.results ?? there.results);
        // Fails for a row that is not needed any more.
        expect.soft(isPartOf(here.fops, there.fops), text).toBe(row.fops === undefined);
        if (row.fops !== undefined) expect.soft(here.fops, text).toEqual(row.fops);
      }
    },
  );

  it('have no listed difference for a trace that does not exist', () => {
    const parts = Object.entries(traces).flatMap(([name, trace]) =>
      Object.keys(trace.parts).map((part) => `${name}: ${part}`),
    );
    expect(Object.keys(OTHERWISE).filter((key) => !parts.includes(key))).toEqual([]);
  });
});
