/**
 * A volume of GlusterFS with two bricks, as a server and its clients make it, but without glusterd:
 * each brick is a process of its own that is asked over TCP on the loopback, and a client spreads
 * files over the two (cluster/distribute).
 *
 * Source: the volfiles that GlusterFS 10 generates; the bricks' without what serves others than the
 * clients of this run.
 */
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { NotMeasured } from '../../../runtime/bench/missing.ts';
import { type Bench, makeFolder, type VolumeText, writeVolfile } from '../bench.ts';
import { logOf, type Server, startProcess, startServer } from '../server.ts';
import { TIMEOUTS, timeoutFlags } from '../targets.ts';

const HOST = '127.0.0.1';
const BRICKS = ['b0', 'b1'] as const;
const CONNECT_MS_MAX = 20_000;
const LOOK_MS = 50;

const tcp = {
  'transport-type': 'tcp',
  'transport.address-family': 'inet',
  'transport.socket.nodelay': 'on',
};

const brickVolumes = (name: string, directory: string, port: number): readonly VolumeText[] => [
  { name: `${name}-posix`, type: 'storage/posix', options: { directory } },
  { name: `${name}-locks`, type: 'features/locks' },
  { name: `${name}-threads`, type: 'performance/io-threads', options: { 'thread-count': '16' } },
  { name, type: 'debug/io-stats' },
  {
    name: 'server',
    type: 'protocol/server',
    options: {
      ...tcp,
      'transport.socket.bind-address': HOST,
      'transport.socket.listen-port': String(port),
      'auth-path': name,
      [`auth.addr.${name}.allow`]: HOST,
    },
  },
];

const clientVolume = (name: string, port: number): VolumeText => ({
  name,
  type: 'protocol/client',
  below: [],
  options: {
    ...tcp,
    'remote-host': HOST,
    'remote-port': String(port),
    'remote-subvolume': name,
  },
});

const distribute: VolumeText = {
  name: 'distribute',
  type: 'cluster/distribute',
  below: BRICKS,
  options: { 'lookup-optimize': 'on', 'lock-migration': 'off', 'force-migration': 'off' },
};

/** The ports of the bricks, which run until the end of the part. @throws {NotMeasured} */
export async function startBricks(bench: Bench): Promise<readonly number[]> {
  await bench.tools.require('fuse', 'glusterfs', 'root');
  const ports: number[] = [];
  for (const name of BRICKS) {
    const directory = makeFolder(bench.data, name);
    const port = await freePort();
    const volfile = writeVolfile(bench, name, brickVolumes(name, directory, port));
    const place = ['--brick-name', directory, '--brick-port', String(port)];
    await startProcess(bench, {
      name,
      command: ['glusterfsd', '-N', '-f', volfile, '-l', logOf(bench, name), ...place],
      isReady: () => listens(port),
    });
    ports.push(port);
  }
  return ports;
}

/** A mount of the bricks with these volumes above. @throws {NotMeasured} */
export async function startClient(
  bench: Bench,
  name: string,
  ports: readonly number[],
  volumes: readonly VolumeText[] = [],
): Promise<Server> {
  const clients = BRICKS.map((brick, at) => clientVolume(brick, ports[at]!));
  const volfile = writeVolfile(bench, name, [...clients, distribute, ...volumes]);
  const server = await startServer(bench, {
    name,
    command: (mountpoint, log) => [
      'glusterfs',
      ...['-N', '-f', volfile, '-l', log, ...timeoutFlags(TIMEOUTS), mountpoint],
    ],
  });
  await connected(bench, name);
  return server;
}

/** It mounts with the first brick; only its log tells when it has the other one, too. */
async function connected(bench: Bench, name: string): Promise<void> {
  const end = performance.now() + CONNECT_MS_MAX;
  for (;;) {
    const log = readFileSync(logOf(bench, name), 'utf8');
    if ((log.match(/attached to remote volume/g) ?? []).length >= BRICKS.length) return;
    if (performance.now() > end) throw new NotMeasured('the client does not reach both bricks');
    await delay(LOOK_MS, undefined, { signal: bench.signal });
  }
}

/** A port that nobody has just now. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  return new Promise((resolve) => {
    const tell = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => tell(true));
    // Nobody listens there yet, or no longer; the caller looks at that.
    socket.once('error', () => tell(false));
  });
}
