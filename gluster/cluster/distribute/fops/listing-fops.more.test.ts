import { expect, test } from 'vitest';
import type { Dirent } from '../../../../runtime/core/iatt.ts';
import { Fd, Loc } from '../../../../runtime/core/operands.ts';
import { DistributedVolume } from '../../../../test/support/distributed-volume.ts';

const THREE = ['wz', 'wa', 'wm'];
/** Any child: a listing finds files everywhere. */
const childOf = (name: string): string => THREE[name.length % 3]!;

test('a listing of 20,000 names returns each once, while others are created and removed', async () => {
  const volume = await DistributedVolume.start(THREE);
  const count = 20_000;
  const { inodes } = volume.graph;
  const make = (name: string): void => {
    const loc = new Loc(inodes.newInode(), volume.root, name);
    volume.askChild(childOf(name), 'mknod', loc, 0o100644, 0, 0, null);
  };
  for (let n = 0; n < count; n++) make(`n${n}`);
  const fd = new Fd(volume.root, 0, 1, true);
  volume.ask('opendir', new Loc(volume.root), fd, null);
  const counts = new Map<string, number>();
  for (let offset = 0, step = 0; ; step++) {
    const reply = volume.ask('readdirp', fd, 4096, offset, null);
    const entries = reply.values[0] as Dirent[];
    if (reply.opRet <= 0) break;
    for (const { name } of entries) counts.set(name, (counts.get(name) ?? 0) + 1);
    offset = entries.at(-1)!.off;
    // A listing to which each step adds a name need not end.
    if (step > 300) continue;
    make(`new${step}`);
    const removedName = `new${step - 7}`;
    if (step >= 7) {
      const loc = new Loc(null, volume.root, removedName);
      volume.askChild(childOf(removedName), 'unlink', loc, 0, null);
    }
  }
  fd.release();
  for (let n = 0; n < count; n++) if (counts.get(`n${n}`) !== 1) throw new Error(`n${n}`);
  await volume.stop();
  expect(Math.max(...counts.values())).toBe(1);
});
