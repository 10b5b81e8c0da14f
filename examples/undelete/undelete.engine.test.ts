/** The trash when the storage refuses a step, and its hourly cleaning. */
import { expect, it } from 'vitest';
import { EIO, ENOENT, EPERM, EROFS } from '../../runtime/core/errno.ts';
import { IA_IFDIR, IA_IFREG } from '../../runtime/core/iatt.ts';
import type { Loc } from '../../runtime/core/operands.ts';
import { type HeldRequest, makeAttributes, makeGfid } from '../../test/support/core.ts';
import { type RunningModule, startModule } from '../../test/support/module.ts';

const TRASH = makeGfid(50);
const noValues = [null, null, null, null, null] as const;

/** A storage where all requests succeed, except those in `refuse`. */
class Storage {
  readonly run: RunningModule;
  readonly seen: string[] = [];
  readonly refuse = new Map<string, number>();

  constructor(run: RunningModule) {
    this.run = run;
    run.leaf.onRequest = (held) => this.answer(held);
    for (const held of run.takeRequests()) this.answer(held);
  }

  answer(held: HeldRequest): void {
    const { name, args } = held;
    const loc = args.find((arg) => typeof arg === 'object' && arg && 'parent' in arg) as Loc;
    this.seen.push(loc?.name ? `${name} ${loc.name}` : name);
    const refused = this.refuse.get(name);
    if (refused !== undefined) held.answer(-1, refused, ...noValues);
    else if (name === 'mkdir') {
      held.answer(0, 0, loc.inode, makeAttributes(TRASH, IA_IFDIR), null, null, null);
    } else if (name === 'lookup') {
      const known = loc.inode?.linked ? loc.inode.gfid : makeGfid(60);
      const type = loc.name === null ? IA_IFDIR : IA_IFREG;
      if (loc.name === 'absent') held.answer(-1, ENOENT, null, null, null, null);
      else held.answer(0, 0, loc.inode, makeAttributes(known, type), null, null);
    } else if (name === 'opendir') held.answer(0, 0, args[1], null);
    else if (name === 'readdir') held.answer(0, 0, [], null);
    else held.answer(0, 0, ...noValues);
  }

  rename(from: string, to: string) {
    return this.run.ask('rename', this.run.knownLoc(from), this.run.knownLoc(to), null);
  }
}

const start = async (): Promise<Storage> =>
  new Storage(await startModule(import.meta.dirname, { name: 'undelete' }));

const short = (seen: readonly string[]): string[] =>
  seen.map((one) => one.replace(/\d{8}-\d{6}\.\d{6}/, 'TIME'));

it('a file that a rename will replace is first linked into the trash', async () => {
  const storage = await start();
  storage.seen.length = 0;
  expect(storage.rename('new', 'old')).toMatchObject({ count: 1, opRet: 0 });
  const [, link] = short(storage.seen);
  expect(short(storage.seen)).toEqual(['lookup old', link, 'rename new', 'setxattr']);
  expect(link).toMatch(/^link/);
});

it('the link to a file in the trash is removed if the rename over the file fails', async () => {
  const storage = await start();
  storage.refuse.set('rename', EIO);
  storage.seen.length = 0;
  expect(storage.rename('new', 'old')).toMatchObject({ count: 1, opErrno: EIO });
  expect(short(storage.seen).at(-1)).toBe('unlink TIME-old');
});

it('a file that cannot be moved to the trash is not removed', async () => {
  const storage = await start();
  storage.refuse.set('rename', EPERM);
  const reply = storage.run.ask('unlink', storage.run.knownLoc('file'), 0, null);
  expect(reply).toMatchObject({ count: 1, opErrno: EPERM });
  expect(storage.seen).not.toContain('unlink file');
});

it('unlink fails if undelete has no trash directory', async () => {
  const run = await startModule(import.meta.dirname, { name: 'undelete' });
  const lookup = run.takeRequests()[0]!;
  const { root } = run;
  lookup.answer(0, 0, root, makeAttributes(root.gfid, IA_IFDIR), null, null);
  run.takeRequests()[0]!.answer(-1, EROFS, ...noValues);
  const reply = run.ask('unlink', run.knownLoc('file'), 0, null);
  expect(reply).toMatchObject({ count: 1, opErrno: EIO });
  expect(run.takeRequests()).toEqual([]);
});

it('undelete scans the trash once an hour', async () => {
  const storage = await start();
  const looks = (): number => storage.seen.filter((one) => one === 'opendir').length;
  const before = looks();
  storage.run.context.advance(3_600_100);
  storage.run.context.advance(1000);
  expect(looks()).toBe(before + 1);
});
