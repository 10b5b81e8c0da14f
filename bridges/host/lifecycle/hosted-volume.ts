/**
 * What every volume that hosts a module has in common, whatever the language: options for failures,
 * and the parts of a translator's record that lead to its Host.
 */
import { errnoNames, errnoNumber } from '../../../runtime/core/errno.ts';
import { InitError } from '../../../runtime/core/errors.ts';
import type { EventName } from '../../../runtime/core/events.ts';
import { didYouMean } from '../../../runtime/core/nearest.ts';
import { defineOptions, type Values } from '../../../runtime/core/options.ts';
import {
  type Dump,
  defaultNotify,
  type FopsOf,
  isChange,
  type Says,
  sayUp,
  type Translator,
  type Xlator,
} from '../../../runtime/core/xlator.ts';
import { TRACKED } from '../crossing/exposed-inodes.ts';
import { changesData } from '../guest.ts';
import { type Limits, type Policy, policies } from './failure-policy.ts';
import type { Host } from './host.ts';

/** What a hosting volume keeps. */
export interface Hosted {
  readonly host: Host;
}

/** Who hands state over, and goes on with it: also where they are not of one kind. */
export type Stateful = Pick<Host, 'takesState' | 'takeState' | 'giveState'>;

/** @throws {Error} when either fails */
export function handStateOver(from: Stateful, to: Stateful): void {
  if (!to.takesState) return;
  const state = from.takeState();
  if (state !== undefined) to.giveState(state);
}

export const failureOptions = defineOptions({
  'frame-timeout': {
    type: 'time',
    default: 1800,
    min: 0,
    reconfigurable: true,
    description:
      'Seconds after which a request that the module does not answer fails, also when it winds again ' +
      'and again; what it waits for a subvolume does not count. 0 for never.',
  },
  'wind-limit': {
    type: 'int',
    default: 100_000,
    min: 0,
    reconfigurable: true,
    description:
      'How often the module may wind for one request, which fails at the next; 0 for no limit.',
  },
  'log-limit': {
    type: 'sizet',
    default: 1024 * 1024,
    min: 0,
    reconfigurable: true,
    description:
      'Bytes a second that the module may log, and 16 times as many at once; what is more is left ' +
      'out, which a line of the log says. 0 for no limit.',
  },
  'on-error': {
    type: 'str',
    values: policies,
    default: 'fail',
    reconfigurable: true,
    description:
      'What becomes of a request that the module fails with: `fail` answers it with an errno, ' +
      '`bypass` carries it on as if the translator were not there (unless the module had wound ' +
      'something already), `restart` is `fail` and starts the interpreter anew after ' +
      'max-failures.',
  },
  error: {
    type: 'str',
    default: 'EIO',
    reconfigurable: true,
    description: 'The errno, by name, of requests that fail because the module does.',
  },
  'max-failures': {
    type: 'int',
    default: 1,
    min: 1,
    reconfigurable: true,
    description: 'Failures after which on-error restart starts the interpreter anew.',
  },
  'restart-backoff': {
    type: 'time',
    default: 1,
    min: 0,
    reconfigurable: true,
    description:
      'Seconds for which a request is refused that ends the interpreter again, and between two ' +
      'starts that fail or two restarts by on-error; twice as long each time, up to a minute. 0 ' +
      'never waits.',
  },
});

/** @throws {InitError} */
export function policyOf(given: Values<typeof failureOptions>): Policy {
  const error = errnoNumber(given.error);
  if (error === undefined) {
    const hint = didYouMean(given.error, errnoNames);
    throw new InitError(`option error: '${given.error}' is no errno${hint}`);
  }
  return {
    onError: given['on-error'],
    error,
    maxFailures: given['max-failures'],
    restartBackoff: given['restart-backoff'],
  };
}

export const limitsOf = (
  given: Values<typeof failureOptions>,
  memoryLimit = Number.POSITIVE_INFINITY,
): Limits => ({
  memoryLimit,
  frameTimeout: given['frame-timeout'],
  windLimit: given['wind-limit'],
  logLimit: given['log-limit'],
});

/** The parts of a record that lead to the instance, each by a function. */
export type HostedParts<P> = Required<Pick<Translator<P>, HookName>> & {
  readonly fops: FopsOf<P>;
  readonly passesThrough: Says<P>;
  readonly observes: Says<P>;
};

type HookName =
  | 'reload'
  | 'inherit'
  | 'notify'
  | 'forget'
  | 'release'
  | 'releasedir'
  | 'clientDisconnect'
  | 'clientDestroy'
  | 'fini'
  | 'ownOptions'
  | 'observed'
  | 'dump';

/** The parts of the record, for a volume whose Host is in this thread. */
export const hosted: HostedParts<Hosted> = {
  fops: (xl) => xl.priv.host.fops(),
  passesThrough: (xl) => xl.priv.host.interpreter.guest.description.passesThrough === true,
  observes: (xl) => !changesData(xl.priv.host.interpreter.guest.description),
  reload: (xl) => xl.priv.host.reload(),
  inherit: (xl, before) => handStateOver(before.priv.host, xl.priv.host),
  notify(xl: Xlator<Hosted>, event: EventName, data: unknown): void {
    const { host } = xl.priv;
    host.notify(event, data);
    if (host.saysUp !== null && isChange(event)) sayUp(xl as Xlator, host.saysUp, event);
    else defaultNotify(xl as Xlator, event, data);
    // What `init` asked for could not be done before there was somebody to ask.
    if (event === 'CHILD_UP') host.interpreter.drain();
  },
  forget(xl, inode, value) {
    if (value !== TRACKED) return;
    for (const { api } of xl.priv.host.interpreters) api.forget(inode);
  },
  release: (xl, fd) => released(xl, fd),
  releasedir: (xl, fd) => released(xl, fd),
  clientDisconnect(xl, client) {
    for (const { api } of xl.priv.host.interpreters) api.disconnected(client);
  },
  clientDestroy(xl, client) {
    for (const { api } of xl.priv.host.interpreters) api.forgetClient(client);
  },
  fini: (xl) => xl.priv.host.close(),
  ownOptions: (xl) => xl.priv.host.interpreter.guest.description.options,
  observed: ({ priv: { host } }) => host.observed(),
  dump: ({ priv: { host } }) => dump(host),
};

type Fd = Parameters<NonNullable<Translator<Hosted>['release']>>[1];

function released(xl: Xlator<Hosted>, fd: Fd): void {
  for (const { api } of xl.priv.host.interpreters) api.release(fd);
}

function dump(host: Host): Dump {
  const { guest } = host.interpreter;
  return {
    language: guest.language,
    ...host.counters,
    'requests-waiting': host.interpreters.reduce((sum, { requests }) => sum + requests.size, 0),
    interpreters: host.interpreters.length,
    'memory-bytes': host.interpreters.reduce(
      (sum, interpreter) => sum + interpreter.guest.memory,
      0,
    ),
    ...host.statedump(),
  };
}
