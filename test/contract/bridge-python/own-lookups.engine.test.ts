/**
 * Tests of inodes that a module's own requests find or create: the volume knows them afterwards.
 */
import { expect, it } from 'vitest';
import { IA_IFDIR } from '../../../runtime/core/iatt.ts';
import type { Loc } from '../../../runtime/core/operands.ts';
import { makeAttributes, makeGfid } from '../../support/core.ts';
import { startModule } from '../../support/module.ts';

const MODULE = `
from glupy import ROOT_GFID, Loc, Translator

class xlator(Translator):
    async def notify(self, event):
        if event == "CHILD_UP":
            root = (await self.child.lookup(Loc.of(gfid=ROOT_GFID))).inode
            self.found = (await self.child.lookup(Loc.of(parent=root, name="found"))).inode
            self.made = (await self.child.mkdir(Loc.of(parent=root, name="made"), 0o755, 0)).inode

    async def access(self, frame, loc, mask, xdata):
        self.found.ctx["seen"] = True
        self.log.info("%s %s %s", self.found.path, self.made.path, self.made.ia_type)
        return await self.child.stat(Loc.of(inode=self.made))
`;

it('files that a Python module itself looks up or creates stay in the inode table', async () => {
  const run = await startModule({ 'm.py': MODULE });
  const { root } = run;
  const [first] = run.takeRequests();
  // Before any request, the root is there to begin with.
  expect((first!.args[0] as Loc).inode).toBe(root);
  first!.answer(0, 0, root, makeAttributes(root.gfid), null, null);
  for (const number of [1, 2]) {
    const [held] = run.takeRequests();
    const { inode } = held!.args[0] as Loc;
    const buf = makeAttributes(makeGfid(number), IA_IFDIR);
    if (held!.name === 'lookup') held!.answer(0, 0, inode, buf, null, null);
    else held!.answer(0, 0, inode, buf, null, null, null);
  }
  const inodes = ['found', 'made'].map((name) => root.children?.get(name));
  expect(inodes.map((inode) => inode?.gfid)).toEqual([makeGfid(1), makeGfid(2)]);
  run.takeLines();
  run.ask('access', run.knownLoc('file'), 0, null);
  const [stat] = run.takeRequests();
  expect((stat!.args[0] as Loc).inode).toBe(inodes[1]);
  expect(run.takeLines().join()).toContain('/found /made 2');
});
