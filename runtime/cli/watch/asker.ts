/**
 * The process that asks a mount. Only it touches the mount: should the server hang, it hangs, and
 * whoever shows what it finds does not.
 */
import { FS_TYPE, findMount } from '../../mount/mountinfo.ts';
import { Failure } from '../exit.ts';
import { readPages } from '../statedump/pages.ts';
import { readStatedump } from '../stats.ts';
import { type Answer, type Question, READY } from './asking.ts';

const answers = {
  counts: (mountpoint, given) => readPages(mountpoint, given, 'glossa.top'),
  stats: (mountpoint, given) => readStatedump(mountpoint, given),
} satisfies Record<Question['what'], (mountpoint: string, given: string) => unknown>;

function answer({ what, mountpoint, given }: Question): Answer {
  try {
    if (findMount(mountpoint)?.type !== FS_TYPE) throw new Failure(`${given} was unmounted`);
    return { value: answers[what](mountpoint, given) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

// Ctrl-C is meant for whoever has started it, and ends this one, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
process.on('message', (question) => process.send!(answer(question as Question)));
process.send!(READY);
