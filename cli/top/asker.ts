/**
 * The process that asks a mount, or another server. Only it touches the mount: should the server hang,
 * it hangs, and whoever shows what it finds does not.
 */

import { FS_TYPE, findMount } from '../../runtime/mount/mountinfo.ts';
import { isMount, readPages, type Served } from '../../server/control/served.ts';
import { Failure } from '../../terminal/exit.ts';
import { type Answer, READY } from './asking.ts';

async function answer(served: Served): Promise<Answer> {
  try {
    if (isMount(served) && findMount(served.mountpoint)?.type !== FS_TYPE) {
      throw new Failure(`${served.given} was unmounted`);
    }
    return { value: await readPages(served, 'glossa.top') };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

// Ctrl-C is meant for whoever has started it, and ends this one, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
process.on('message', async (served) => {
  const found = await answer(served as Served);
  // Who asked may be gone by now.
  if (process.connected) process.send!(found);
});
process.send!(READY);
