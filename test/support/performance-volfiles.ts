/**
 * All translators of performance/ as volfiles: over a folder, and over bricks as glusterd writes
 * it.
 */
import { stackVolumes } from '../../apps/bench/engine/stack-volumes.ts';
import { type PlainVolume, printVolumes } from '../../runtime/volfile/description.ts';
import { performanceStack } from './performance-stack.ts';

type Lines = Readonly<Record<string, string>>;

const makeVolume = (name: string, type: string, options: Lines = {}): PlainVolume => ({
  name,
  type,
  options: Object.entries(options),
  subvolumes: [],
});

/**
 * In one process with the storage, which answers at once unless volume `delay` is reconfigured. All
 * cache times are long.
 */
export const renderPerformanceVolfile = (directory: string): string =>
  printVolumes(
    stackVolumes(
      [makeVolume('brick', 'storage/posix', { directory })],
      [
        makeVolume('locks', 'features/locks'),
        makeVolume('delay', 'debug/delay-gen', { 'delay-percentage': '0' }),
        ...performanceStack.map(({ translator: { type }, options }) =>
          makeVolume(type.replace(/.*\//, ''), type, options),
        ),
      ],
    ),
  );

/** The translators that glusterd writes, with their options when upcalls are switched on. */
const switchedOn: Readonly<Record<string, Lines>> = {
  'write-behind': {},
  'read-ahead': {},
  'readdir-ahead': { 'parallel-readdir': 'off', 'rda-request-size': '131072' },
  'io-cache': {},
  'open-behind': {},
  'quick-read': { 'cache-timeout': '600', 'quick-read-cache-invalidation': 'true' },
  'nl-cache': { 'nl-cache-timeout': '600' },
  'md-cache': { 'md-cache-timeout': '600', 'cache-invalidation': 'true' },
  'io-threads': {},
};

const makeClient = (port: number, at: number): PlainVolume =>
  makeVolume(`test-client-${at}`, 'protocol/client', {
    'ping-timeout': '42',
    'remote-host': '127.0.0.1',
    'remote-port': String(port),
    'remote-subvolume': 'brick',
    'transport-type': 'tcp',
    'transport.address-family': 'inet',
    'transport.socket.ssl-enabled': 'off',
    'transport.tcp-user-timeout': '0',
    'transport.socket.keepalive-time': '20',
    'transport.socket.keepalive-interval': '2',
    'transport.socket.keepalive-count': '9',
    'strict-locks': 'off',
    'send-gids': 'true',
  });

/**
 * The volfile of the clients of a volume that is distributed over the bricks at these ports. glusterd gives
 * no port: it has clients ask for it.
 */
export function renderGlusterdVolfile(ports: readonly number[]): string {
  const clients = ports.map(makeClient);
  const distribute = {
    ...makeVolume('test-dht', 'cluster/distribute', {
      'lock-migration': 'off',
      'force-migration': 'off',
    }),
    subvolumes: clients.map(({ name }) => name),
  };
  const caches = performanceStack.flatMap(({ translator: { type } }) => {
    const name = type.replace(/.*\//, '');
    return Object.hasOwn(switchedOn, name)
      ? makeVolume(`test-${name}`, type, switchedOn[name])
      : [];
  });
  const top = makeVolume('test', 'debug/io-stats', {
    'log-level': 'INFO',
    threads: '16',
    'latency-measurement': 'off',
    'count-fop-hits': 'off',
    'global-threading': 'off',
  });
  const utime = makeVolume('test-utime', 'features/utime', { noatime: 'on' });
  return printVolumes(stackVolumes([...clients, distribute], [utime, ...caches, top]));
}
