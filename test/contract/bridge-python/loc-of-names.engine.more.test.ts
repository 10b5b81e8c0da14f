/** Tests of names that a module reaches by `Loc.of` without a lookup: the host looks them up. */
import { describe, expect, it, vi } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { EIO, ENOENT, ESTALE } from '../../../runtime/core/errno.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { IA_IFDIR, IA_IFREG } from '../../../runtime/core/iatt.ts';
import { Fd, type Loc } from '../../../runtime/core/operands.ts';
import { type HeldRequest, makeAttributes, makeGfid } from '../../support/core.ts';
import { type RunningModule, startModule } from '../../support/module.ts';

const modules = {
  Python: {
    'm.py': `
from glupy import *

class xlator(Translator):
    async def statfs(self, frame, loc, xdata):
        await self.child.stat(Loc.of(parent=loc.inode, name="a"))
        raise OSError(EPERM)

    async def fsync(self, frame, fd, datasync, xdata):
        dir = await self.child.lookup(Loc.of(parent=fd.inode, name="dir"))
        with (await self.child.open(Loc.of(parent=dir.inode, name="a"), 0)).fd:
            raise OSError(EPERM)

    def access(self, frame, loc, mask, xdata):
        frame.wind(Loc.of(parent=loc.inode, name="a"), mask, xdata)

    async def readlink(self, frame, loc, size, xdata):
        await self.child.mkdir(Loc.of(parent=loc.parent, name="new"), 0o755, 0)
        old, new = (Loc.of(parent=loc.parent, name=name) for name in ("old", "new"))
        await self.child.rename(old, new)
        await self.child.stat(Loc.of(parent=loc.parent, name="old"))

    def opendir(self, frame, loc, fd, xdata):
        self.kept = loc.inode
        if xdata:
            self.kept.gfid
        frame.fail(EPERM)

    async def stat(self, frame, loc, xdata):
        return await self.child.stat(Loc.of(parent=self.kept, name="a"))

    def open(self, frame, loc, flags, fd, xdata):
        frame.wind(Loc.of(parent=self.kept, name="a"), flags, fd, xdata)

    async def truncate(self, frame, loc, offset, xdata):
        while True:
            try:
                await self.child.truncate(Loc.of(parent=loc.parent, name="absent"), 0)
            except OSError:
                pass
`,
  },
  JavaScript: {
    'm.js': `
import { EPERM, FopError, Loc, Translator } from 'glossa';

export class xlator extends Translator {
  async statfs(frame, loc) {
    await this.child.stat(Loc.of({ parent: loc.inode, name: 'a' }));
    throw new FopError(EPERM);
  }
  async fsync(frame, fd) {
    const dir = await this.child.lookup(Loc.of({ parent: fd.inode, name: 'dir' }));
    const { fd: own } = await this.child.open(Loc.of({ parent: dir.inode, name: 'a' }), 0);
    own.close();
    throw new FopError(EPERM);
  }
  access(frame, loc, mask, xdata) {
    frame.wind(Loc.of({ parent: loc.inode, name: 'a' }), mask, xdata);
  }
  async readlink(frame, loc) {
    const at = (name) => Loc.of({ parent: loc.parent, name });
    await this.child.mkdir(at('new'), 0o755, 0);
    await this.child.rename(at('old'), at('new'));
    await this.child.stat(at('old'));
  }
  opendir(frame, loc, fd, xdata) {
    this.kept = loc.inode;
    if (xdata) this.kept.gfid;
    frame.fail(EPERM);
  }
  async stat() {
    return await this.child.stat(Loc.of({ parent: this.kept, name: 'a' }));
  }
  open(frame, loc, flags, fd, xdata) {
    frame.wind(Loc.of({ parent: this.kept, name: 'a' }), flags, fd, xdata);
  }
  async truncate(frame, loc) {
    for (;;) {
      await this.child.truncate(Loc.of({ parent: loc.parent, name: 'absent' }), 0).catch(() => {});
    }
  }
}
`,
  },
};

/** Takes the child's only request, and checks its name and path. */
function takeRequest(run: RunningModule, name: FopName, path: string): HeldRequest {
  const [held, ...more] = run.takeRequests();
  expect([held?.name, (held?.args[0] as Loc | undefined)?.path, more]).toEqual([name, path, []]);
  return held!;
}

function find(run: RunningModule, path: string, number: number, type = IA_IFREG): void {
  const held = takeRequest(run, 'lookup', path);
  const buf = makeAttributes(makeGfid(number), type);
  held.answer(0, 0, (held.args[0] as Loc).inode, buf, null, buf);
}

const EPERM = 1;
const failedReply = (opErrno: number) => ({ count: 1, opRet: -1, opErrno });

describe.each(['Python', 'JavaScript'] as const)(
  'a name that a %s module makes with Loc.of',
  (language) => {
    const start = () => startModule(modules[language]);

    it('is looked up before the fop is wound', async () => {
      const run = await start();
      const reply = run.ask('statfs', run.knownLoc('d', IA_IFDIR), null);
      find(run, '/d/a', 7);
      const held = takeRequest(run, 'stat', '/d/a');
      expect((held.args[0] as Loc).inode?.gfid).toBe(makeGfid(7));
      held.answer(0, 0, makeAttributes(makeGfid(7), IA_IFREG), null);
      expect(reply).toMatchObject(failedReply(EPERM));
      // It is known from now on.
      const again = run.ask('statfs', run.knownLoc('d', IA_IFDIR), null);
      takeRequest(run, 'stat', '/d/a').answer(-1, ESTALE, null, null);
      expect(again).toMatchObject(failedReply(ESTALE));
      run.expectSettled();
    });

    it.each([ENOENT, ESTALE])("fails the fop with the lookup's errno %d", async (errno) => {
      const run = await start();
      const d = run.knownLoc('d', IA_IFDIR);
      const replies = [run.ask('statfs', d, null), run.ask('access', d, 4, null)];
      for (const held of run.takeRequests()) {
        expect(held.name).toBe('lookup');
        held.answer(-1, errno, null, null, null, null);
      }
      for (const reply of replies) expect(reply).toMatchObject(failedReply(errno));
      expect(run.takeRequests()).toEqual([]);
      run.expectSettled();
    });

    it.each([null, Dict.of({ ask: 1 })])(
      "fails the fop with ESTALE after the directory's inode was forgotten",
      async (xdata) => {
        const run = await start();
        const d = run.knownLoc('d', IA_IFDIR);
        const fd = new Fd(run.root, 0, 1, true);
        run.ask('opendir', d, fd, xdata);
        run.graph.inodes.unlink(run.root, 'd');
        const file = run.knownLoc('a');
        const replies = [run.ask('stat', file, null), run.ask('open', file, 0, fd, null)];
        for (const reply of replies) expect(reply).toMatchObject(failedReply(ESTALE));
        expect(run.takeRequests()).toEqual([]);
        expect(run.takeLines().join()).toContain('a loc names an inode that is not known any more');
        run.expectSettled();
      },
    );

    it('is looked up at most as often as wind-limit allows', async () => {
      const run = await startModule(modules[language], { options: { 'wind-limit': '20' } });
      run.leaf.onRequest = (held) => held.answer(-1, ENOENT, null, null, null, null);
      const reply = run.ask('truncate', run.knownLoc('a'), 0, null);
      await vi.waitUntil(() => reply.count > 0, { timeout: 60_000 });
      expect(reply).toMatchObject(failedReply(EIO));
      expect(run.takeLines().join()).toContain('option wind-limit');
    });

    it('is looked up before a method that is not async winds it', async () => {
      const run = await start();
      const reply = run.ask('access', run.knownLoc('d', IA_IFDIR), 4, null);
      find(run, '/d/a', 7);
      takeRequest(run, 'access', '/d/a').answer(0, 0, null);
      expect(reply).toMatchObject({ count: 1, opRet: 0 });
      run.expectSettled();
    });

    it('is looked up level by level, two levels deep, before it is opened', async () => {
      const run = await start();
      const top = run.knownLoc('d', IA_IFDIR);
      const reply = run.ask('fsync', new Fd(top.inode!, 0, 1, true), 0, null);
      find(run, '/d/dir', 8, IA_IFDIR);
      find(run, '/d/dir/a', 9);
      const held = takeRequest(run, 'open', '/d/dir/a');
      held.answer(0, 0, held.args[2], null);
      expect(reply).toMatchObject(failedReply(EPERM));
      run.expectSettled();
    });

    it('needs no lookup before mkdir, and a rename moves it in the inode table', async () => {
      const run = await start();
      const old = run.knownLoc('old');
      const reply = run.ask('readlink', old, 100, null);
      takeRequest(run, 'mkdir', '/new').answer(-1, ENOENT, null, null, null, null, null);
      expect(reply).toMatchObject(failedReply(ENOENT));

      const moved = run.ask('readlink', old, 100, null);
      const request = takeRequest(run, 'mkdir', '/new');
      const buf = makeAttributes(makeGfid(10), IA_IFDIR);
      request.answer(0, 0, (request.args[0] as Loc).inode, buf, buf, buf, null);
      takeRequest(run, 'rename', '/old').answer(0, 0, buf, buf, buf, buf, buf, null);
      takeRequest(run, 'lookup', '/old').answer(-1, ENOENT, null, null, null, null);
      expect(moved).toMatchObject(failedReply(ENOENT));
      expect(run.root.children?.get('new')).toBe(old.inode);
      run.expectSettled();
    });
  },
);
