/** The kernel timeouts that replies to changes carry. */
import { expect, test } from 'vitest';
import { ask, FakeContext, makeGfid, startGraph } from '../../../../test/support/core.ts';
import { type Dict, timeoutsOf, Dict as Xdata } from '../../../core/dict.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { FopName, FopTable } from '../../../core/gen/fops.gen.ts';
import { Iatt } from '../../../core/iatt.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Translator } from '../../../core/xlator.ts';
import memory from '../../storage/memory/index.ts';
import mdCache from './index.ts';

const OPTIONS = { 'md-cache-timeout': '600', 'cache-invalidation': 'on', 'kernel-timeout': '500' };

async function start(options: Readonly<Record<string, string>>) {
  const graph = await startGraph(
    [
      { translator: memory as unknown as Translator<unknown> },
      { translator: mdCache as unknown as Translator<unknown>, options },
    ],
    new FakeContext(),
  );
  const { inodes } = graph;
  let gfids = 100;
  const newLoc = (name: string) => new Loc(inodes.newInode(), inodes.root, name);
  const request = () => new Xdata().setGfid('gfid-req', makeGfid(++gfids));
  /** Returns the reply's values and timeouts of a fop that must succeed. */
  const told = <N extends FopName>(fop: N, ...args: FopTable[N]['args']) => {
    const { opRet, values } = ask(graph, fop, ...args);
    expect(opRet).toBeGreaterThanOrEqual(0);
    return { values, ...timeoutsOf(values.at(-1) as Dict | null) };
  };
  return { inodes, newLoc, request, told };
}

/** Makes each kind of change once; returns its timeouts. */
async function changes(options: Readonly<Record<string, string>>) {
  const { inodes, newLoc, request, told } = await start(options);
  const at = newLoc('file');
  const fd = new Fd(at.inode!, 2, 1);
  const create = told('create', at, 2, 0o600, 0, fd, request());
  const file = inodes.link(at.inode!, inodes.root, 'file', create.values[2] as Iatt)!;
  const mode = Object.assign(new Iatt(), { iaProt: 0o640 });
  const replies = {
    create,
    mknod: told('mknod', newLoc('node'), 0o100600, 0, 0, request()),
    mkdir: told('mkdir', newLoc('folder'), 0o700, 0, request()),
    symlink: told('symlink', 'file', newLoc('symlink'), 0, request()),
    link: told('link', new Loc(file), new Loc(file, inodes.root, 'other'), null),
    setattr: told('setattr', new Loc(file), mode, SET_ATTR.MODE, null),
    fsetattr: told('fsetattr', fd, mode, SET_ATTR.MODE, null),
  };
  fd.release();
  return Object.entries(replies).map(([fop, { entry, attribute }]) => [fop, entry, attribute]);
}

test('md-cache gives replies with current attributes the same kernel timeouts as replies to lookups', async () => {
  expect(await changes(OPTIONS)).toEqual([
    ['create', 500, 500],
    ['mknod', 500, 500],
    ['mkdir', 500, 500],
    ['symlink', 500, 500],
    // The new name was not looked up yet.
    ['link', undefined, 500],
    // These replies name no entry.
    ['setattr', undefined, 500],
    ['fsetattr', undefined, 500],
  ]);
});

test('replies of md-cache carry no timeouts without option kernel-timeout, or with pass-through', async () => {
  const { 'kernel-timeout': _, ...without } = OPTIONS;
  for (const options of [without, { ...OPTIONS, 'pass-through': 'on' }]) {
    for (const [, entry, attribute] of await changes(options)) {
      expect([entry, attribute]).toEqual([undefined, undefined]);
    }
  }
});
