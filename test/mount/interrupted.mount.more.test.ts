/** Large reads and writes of a program that constantly receives signals. */
import { expect, it } from 'vitest';
import { compileClient } from '../support/compile-client.ts';
import { allKinds, brickKinds } from '../support/stacks.ts';
import { describeStages, type Stage, type Where } from '../support/stage.ts';

function everyByte(stage: Stage): void {
  it('reads and writes under constant signals lose no data, and no call returns less than on a disk', async () => {
    const { out } = await stage.compareScript(`${compileClient('interrupted')} f 6`, {
      status: 0,
      tree: false,
    });
    expect(out).toBe('0 interrupted, 0 short\n');
  });
}

const where = {
  kernel: [...allKinds, 'rebuilt', 'awaited', ...brickKinds],
  user: ['posix'],
  'fuse-native': ['posix'],
} satisfies Where;

describeStages('signals', where, everyByte);
describeStages('signals, with all data through the server', ['posix'], everyByte, {
  args: ['--no-passthrough'],
});
