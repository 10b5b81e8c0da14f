/** Tests of modules written for the original glupy, in both its generations. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errnoNumber } from '../../runtime/core/errno.ts';
import { type FopRow, fops } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { ROOT_GFID } from '../../runtime/core/gfid.ts';
import { IA_IFREG, Iatt } from '../../runtime/core/iatt.ts';
import type { Fd } from '../../runtime/core/operands.ts';
import { type RunningModule, startModule } from '../support/module.ts';
import { takeTexts } from './bridge/requests.ts';
import { Samples } from './bridge/values.ts';

const folder = join(import.meta.dirname, 'gluster');
const ENOENT = errnoNumber('ENOENT')!;
const EIO = errnoNumber('EIO')!;

const start = (name: string) => startModule(folder, { name });

function iatt(fields: Partial<Iatt> = {}): Iatt {
  return Object.assign(new Iatt(), {
    iaGfid: '00000000-0000-4000-8000-0000000000aa',
    iaType: IA_IFREG,
    iaProt: 0o4755,
    iaNlink: 1,
    iaSize: 7,
    ...fields,
  });
}

/** Looks a name up; the child answers with this errno, or finds it for 0. */
function lookup(run: RunningModule, name: string, errno: number) {
  const loc = run.absentLoc(name);
  const reply = run.ask('lookup', loc, null);
  const [held] = run.takeRequests();
  if (errno === 0) held?.answer(0, 0, loc.inode, iatt(), null, null);
  else held?.answer(-1, errno, null, null, null, null);
  run.expectSettled();
  return { wound: held !== undefined, opRet: reply.opRet, opErrno: reply.opErrno };
}

const missing = { opRet: -1, opErrno: ENOENT };

describe.each(['hello', 'hello_v1'])('the example %s of glupy', (name) => {
  it('logs the lookup and its reply, and changes neither', async () => {
    const run = await start(name);
    run.takeLines();
    expect(lookup(run, 'a', 0)).toEqual({ wound: true, opRet: 0, opErrno: 0 });
    expect(takeTexts(run)).toEqual(['Python xlator: Hello!', 'Python xlator: Hello again!']);
    expect(lookup(run, 'a', EIO)).toEqual({ wound: true, opRet: -1, opErrno: EIO });
  });

  it('logs nothing for other fops', async () => {
    const run = await start(name);
    run.takeLines();
    run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, iatt(), null);
    run.expectSettled();
    expect(takeTexts(run)).toEqual([]);
  });
});

describe.each([
  ['negative', ROOT_GFID],
  ['negative_v1', '00000000-00000000-00000000-01000000'],
])('the example %s of glupy', (name, root) => {
  it('replies ENOENT for an absent name from its cache until the name is created', async () => {
    const run = await start(name);
    run.takeLines();
    expect(lookup(run, 'a', ENOENT)).toEqual({ wound: true, ...missing });
    expect(takeTexts(run)).toEqual([
      `lookup FOP: ${root}:a`,
      `lookup CBK: -1 (${ENOENT})`,
      'failed to find a, adding to cache',
    ]);
    expect(lookup(run, 'a', 0)).toEqual({ wound: false, ...missing });
    expect(takeTexts(run)).toEqual([`lookup FOP: ${root}:a`, `short-circuiting for ${root}:a`]);
    expect(lookup(run, 'b', EIO)).toEqual({ wound: true, opRet: -1, opErrno: EIO });
    expect(lookup(run, 'b', 0)).toEqual({ wound: true, opRet: 0, opErrno: 0 });

    run.takeLines();
    const samples = new Samples(run.graph.inodes);
    const loc = run.absentLoc('a');
    const args = samples.values(fops.find((row) => row.name === 'create')!.args, true);
    const reply = run.ask('create', loc, ...(args.slice(1) as [number, number, number, Fd, null]));
    run.takeRequests()[0]!.answer(0, 0, args[4], loc.inode, iatt(), null, null, null);
    expect(reply.opRet).toBe(0);
    expect(reply.values.slice(0, 2)).toEqual([args[4], loc.inode]);
    expect(takeTexts(run)).toEqual(['created a, removing from cache']);
    expect(lookup(run, 'a', 0)).toEqual({ wound: true, opRet: 0, opErrno: 0 });
  });

  it('forgets a name that another client has created', async () => {
    const run = await start(name);
    const first = run.ask('lookup', run.absentLoc('c'), null);
    const second = run.ask('lookup', run.absentLoc('c'), null);
    const [one, two] = run.takeRequests();
    one!.answer(-1, ENOENT, null, null, null, null);
    two!.answer(0, 0, run.knownLoc('c').inode, iatt(), null, null);
    expect([first.opRet, second.opRet]).toEqual([-1, 0]);
    run.takeLines();
    expect(lookup(run, 'c', 0).wound).toBe(true);
    expect(takeTexts(run)).toContain('found c, removing from cache');
  });
});

/** Operations that the original had. */
const ORIGINAL = (
  'lookup create open readv writev opendir readdir readdirp stat fstat statfs setxattr getxattr ' +
  'fsetxattr fgetxattr removexattr fremovexattr link symlink unlink readlink mkdir rmdir'
).split(' ');

const COUNTING = ['readv', 'readdir', 'readdirp', 'readlink'];

function chooseOpRet(row: FopRow, [first]: readonly unknown[]): number {
  if (!COUNTING.includes(row.name) || first === null) return 0;
  return (first as { length: number }).length;
}

/** Values of texts whose bytes are their characters, and of numbers that C's types hold. */
function makeValues(run: RunningModule, args: FopRow['args'], full: boolean): unknown[] {
  return new Samples(run.graph.inodes)
    .values(args, full)
    .map((v, at) => (typeof v === 'string' ? 'name' : typeof v === 'number' ? at : v));
}

/** Sends a fop down and its reply up, and checks that both are the very objects. */
function travel(run: RunningModule, row: FopRow, full: boolean): number {
  const [sent, answered] = [row.args, row.reply].map((args) => makeValues(run, args, full));
  const reply = run.ask(row.name as FopName, ...(sent as never));
  const [held, ...more] = run.takeRequests();
  expect([held?.name, more]).toEqual([row.name, []]);
  held!.args.forEach((value, at) => {
    expect(value, row.name).toBe(sent![at]);
  });
  const opRet = chooseOpRet(row, answered!);
  held!.answer(opRet, 0, ...answered!);
  run.expectSettled();
  expect([row.name, reply.opRet, reply.opErrno]).toEqual([row.name, opRet, 0]);
  reply.values.forEach((value, at) => {
    expect(value, row.name).toBe(answered![at]);
  });
  return reply.frame.root.unique;
}

function fail(run: RunningModule, row: FopRow): void {
  const reply = run.ask(row.name as FopName, ...(makeValues(run, row.args, true) as never));
  run
    .takeRequests()[0]!
    .answer(-1, EIO, ...row.reply.map(({ type }) => (type === 'int' ? 0 : null)));
  run.expectSettled();
  expect([row.name, reply.opRet, reply.opErrno]).toEqual([row.name, -1, EIO]);
}

describe('every fop in a glupy module', () => {
  it.each([
    ['with every value set', true],
    ['with only the required values', false],
  ])('passes through with the same arguments and reply values, %s', async (_title, full) => {
    const run = await start('every');
    run.takeLines();
    for (const row of fops) {
      const unique = travel(run, row, full);
      expect(takeTexts(run)).toEqual([
        `${row.name} FOP True ${unique}`,
        `${row.name} CBK True ${unique}`,
      ]);
    }
  });

  it("fails with the child's errno", async () => {
    const run = await start('every');
    for (const row of fops) fail(run, row);
  });
});

describe('debug_trace', () => {
  const rows = fops.filter((row) => ORIGINAL.includes(row.name));

  it('logs one line for each fop of the original Glupy and one for its reply', async () => {
    expect(rows.length).toBe(23);
    const run = await start('debug_trace');
    run.takeLines();
    for (const row of rows) {
      const unique = travel(run, row, true);
      const [down, up, ...more] = takeTexts(run);
      expect(down).toMatch(`GLUPY TRACE ${row.name.toUpperCase()} FOP- ${unique}: `);
      expect(up).toMatch(`GLUPY TRACE ${row.name.toUpperCase()} CBK- ${unique}: op_ret=`);
      expect(more).toEqual([]);
      fail(run, row);
      expect(takeTexts(run)[1]).toMatch(`op_ret=-1; op_errno=${EIO}`);
    }
  });

  it('logs the path of a loc and the fields of an iatt', async () => {
    const run = await start('debug_trace');
    run.takeLines();
    const loc = run.knownLoc('a');
    run.ask('stat', loc, null);
    const times = { iaAtime: 86400, iaMtime: 1, iaCtime: 2 };
    run.takeRequests()[0]!.answer(0, 0, iatt({ iaUid: 3, iaGid: 4, iaBlocks: 8, ...times }), null);
    const [down, up] = takeTexts(run);
    expect(down).toMatch(`loc=${loc.inode!.gfid}:/a`);
    expect(up).toContain(
      'buf=(gfid=00000000-0000-4000-8000-0000000000aa, ino=170, mode=104755, ' +
        'nlink=1, uid =3, gid =4, size=7, blocks=8, atime=[Jan 02 00:00:00], ' +
        'mtime=[Jan 01 00:00:01], ctime=[Jan 01 00:00:02])',
    );
  });
});
