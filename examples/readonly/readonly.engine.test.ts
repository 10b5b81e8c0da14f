/** Every fop: changing ones never reach the storage, all others do. */
import { expect, it } from 'vitest';
import { EROFS } from '../../runtime/core/errno.ts';
import { fops } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { Fd } from '../../runtime/core/operands.ts';
import { startModule } from '../../test/support/module.ts';

const CHANGES =
  /^(create|mk|symlink|link|unlink|rmdir|rename|put|icreate|namelink|write|f?truncate|fallocate|discard|zerofill|copy_file|f?set(xattr|attr)$|f?remove|f?xattrop)/;

it('readonly makes every fop that changes data fail with EROFS, and passes all others on', async () => {
  const run = await startModule(import.meta.dirname, { name: 'readonly' });
  const loc = run.knownLoc('file');
  const fd = new Fd(loc.inode!, 0, 1);
  const values = { loc, fd, int: 0, str: 'text', dict: null, data: new Uint8Array(1), iatt: null };
  for (const { name, args } of fops) {
    const given = args.map(({ type }) => values[type as keyof typeof values] ?? null);
    const reply = run.ask(name as FopName, ...(given as never));
    const asked = run.takeRequests().map((held) => held.name);
    if (CHANGES.test(name)) expect([name, reply.opErrno, asked]).toEqual([name, EROFS, []]);
    else expect([name, asked]).toEqual([name, [name]]);
  }
});

it.each([0o1, 0o2, 0o1000, 0o2001])(
  'an open for writing, with flags %i, fails with EROFS on a read-only volume',
  async (flags) => {
    const run = await startModule(import.meta.dirname, { name: 'readonly' });
    const loc = run.knownLoc('file');
    const reply = run.ask('open', loc, flags, new Fd(loc.inode!, flags, 1), null);
    expect(reply.opErrno).toBe(EROFS);
    expect(run.takeRequests()).toEqual([]);
  },
);
