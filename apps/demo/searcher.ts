/**
 * The thread that searches through a mount. Whoever opens a directory of it, looks a name up or reads its
 * counters waits in the kernel for an answer, which may never come: the command's own thread waits for
 * nothing, and hears who wants it to end.
 *
 * The ten directories are opened once and names are looked up in them, so that a lookup is one request
 * of the kernel's.
 */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { ENOENT } from '../../runtime/core/errno.ts';
import { O_CLOEXEC, O_PATH, STATX_BASIC_STATS } from '../../runtime/sys/constants.ts';
import { close, open, statx } from '../../runtime/sys/libc.ts';
import { cstring, Statx } from '../../runtime/sys/struct.ts';
import { askMount, jsonIn } from '../../server/control/served.ts';
import { STATEDUMP } from '../../server/statedump/volumes.ts';
import { DIRECTORIES, directoryName } from '../bench/engine/searches.ts';
import {
  type Answer,
  type Asked,
  type Question,
  type SearcherData,
  SHARED,
} from './searcher-data.ts';
import { type Find, namesToAsk, runSearches, warmUp } from './searches.ts';

class Refused extends Error {
  readonly errno: number;

  constructor(errno: number) {
    super(`errno ${errno}`);
    this.errno = errno;
  }
}

const port = parentPort!;
const { mountpoint, workload, shared } = workerData as SearcherData;
const descriptors: number[] = [];

const answers: Readonly<Record<Question, (round: number) => unknown>> = {
  open() {
    for (let directory = 0; directory < DIRECTORIES; directory += 1) {
      const fd = open(cstring(join(mountpoint, directoryName(directory))), O_PATH | O_CLOEXEC, 0);
      if (fd < 0) throw new Refused(-fd);
      descriptors.push(fd);
    }
  },
  statedump: () =>
    jsonIn(askMount(mountpoint, STATEDUMP), (errno) => {
      throw new Refused(errno);
    }),
  warmUp: () => warmUp(workload, find),
  search: (round) =>
    runSearches(workload, round, find, () => {
      if (Atomics.load(shared, SHARED.ends) !== 0) throw new Refused(0);
    }),
  end() {
    for (const fd of descriptors.splice(0)) close(fd);
    port.close();
  },
};

const paths = namesToAsk(workload).map(cstring);
const out = new Statx();

/** Looks a name up with one system call, and nothing else that takes time. */
const find: Find = (directory, file) => {
  const status = statx(descriptors[directory]!, paths[file]!, 0, STATX_BASIC_STATS, out.bytes);
  if (status === 0) return true;
  if (status === -ENOENT) return false;
  throw new Refused(-status);
};

async function answer({ question, round }: Asked): Promise<Answer> {
  try {
    return { value: await answers[question](round) };
  } catch (error) {
    if (error instanceof Refused) return { errno: error.errno };
    throw error;
  }
}

port.on('message', async (asked: Asked) => port.postMessage(await answer(asked)));
