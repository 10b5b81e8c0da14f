/**
 * `option isolation thread` of features/glupy: the parts of its record for a volume whose module is in
 * a thread of its own. That thread has a graph, and features/glupy in it, as any process has; what
 * passes between the two is fops.
 */
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { Given, InThread, Way } from '../../host/index.ts';
import { limitsOf, policyOf } from '../../host/lifecycle/hosted-volume.ts';
import type { Machine } from '../../host/machine.ts';
import type { VolumeInThread } from './volume.ts';
import type { VolumeSettings } from './worker.ts';

/** @throws {InitError} for a policy that is none */
const settingsOf = (given: Given): VolumeSettings => ({
  policy: policyOf(given),
  limits: limitsOf(given, given['memory-limit']),
  timeLimit: given['time-limit'],
});

/** The state of such a volume. */
export interface Isolated extends InThread {
  readonly volume: VolumeInThread;
}

/** Loaded when it is first wanted: most volumes have no thread. */
async function make(xl: Xlator<Isolated>, machine: Machine, given: Given): Promise<VolumeInThread> {
  const { VolumeInThread } = await import('./volume.ts');
  return new VolumeInThread(xl, machine, settingsOf(given));
}

/** The parts of the record, on this machine. */
export const isolation = (machine: Machine): Way<Isolated> => ({
  async init(xl, given) {
    const volume = await make(xl, machine, given);
    await volume.start();
    return { volume };
  },
  check: async (xl, given) => (await make(xl, machine, given)).check(),
  reconfigure: (xl, given) => xl.priv.volume.reconfigure(settingsOf(given)),
  fops: (xl) => xl.priv.volume.fops(),
  passesThrough: (xl) => xl.priv.volume.passesThrough,
  observes: (xl) => xl.priv.volume.observes,
  reload: (xl) => xl.priv.volume.reload(),
  notify: (xl, event, data) => xl.priv.volume.notify(event, data),
  forget: (xl, inode, value) => xl.priv.volume.forget(inode, value),
  release: (xl, fd, value) => xl.priv.volume.release(fd, value),
  releasedir: (xl, fd, value) => xl.priv.volume.release(fd, value),
  clientDisconnect: (xl, client) => xl.priv.volume.gone(client),
  // The worker counts the requests of a client itself.
  clientDestroy() {},
  // The worker is told with each request.
  observed() {},
  fini: (xl) => xl.priv.volume.close(),
  // The worker knows what the module declares, and checks it.
  ownOptions: () => ({}),
  dump: (xl) => xl.priv.volume.dump(),
});
