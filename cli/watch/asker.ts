/**
 * The process that asks a mount, or another server. Only it touches the mount: should the server hang,
 * it hangs, and whoever shows what it finds does not.
 */

import { FS_TYPE, findMount } from '../../runtime/mount/mountinfo.ts';
import { isMount, readPages, type Served } from '../../server/control/served.ts';
import { readStatedump } from '../../server/statedump/reader.ts';
import { Failure } from '../../terminal/exit.ts';
import { type Answer, type Question, READY } from './asking.ts';

const answers = {
  counts: (served) => readPages(served, 'glossa.top'),
  stats: (served) => readStatedump(served),
} satisfies Record<Question['what'], (served: Served) => unknown>;

async function answer({ what, served }: Question): Promise<Answer> {
  try {
    if (isMount(served) && findMount(served.mountpoint)?.type !== FS_TYPE) {
      throw new Failure(`${served.given} was unmounted`);
    }
    return { value: await answers[what](served) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

// Ctrl-C is meant for whoever has started it, and ends this one, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
process.on('message', async (question) => {
  const found = await answer(question as Question);
  // Who asked may be gone by now.
  if (process.connected) process.send!(found);
});
process.send!(READY);
