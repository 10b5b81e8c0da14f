/**
 * A volume of GlusterFS with two bricks, as a server and its clients make it, but without glusterd:
 * each brick is a process of its own that is asked over TCP on the loopback, and a client spreads
 * files over the two (cluster/distribute).
 *
 * Source: the volfiles that GlusterFS 10 generates; the bricks' without what serves others than the
 * clients of this run.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NotMeasured } from '../../runtime/bench/missing.ts';
import { stacked } from '../../runtime/bench/stacks.ts';
import type { Served } from '../../runtime/bench/target.ts';
import { glusterMount, glusterProblem } from '../../runtime/cli/bench/others/gluster.ts';
import { startProcess } from '../../runtime/cli/bench/process.ts';
import type { PlainVolume } from '../../runtime/graph/description.ts';
import { printVolumes } from '../../runtime/graph/print.ts';
import type { Bench } from './bench.ts';
import { serve } from './servers.ts';
import { volume } from './volumes.ts';

const HOST = '127.0.0.1';
const BRICKS = ['b0', 'b1'] as const;
const CONNECT_MS_MAX = 20_000;
const LOOK_MS = 50;

const tcp = {
  'transport-type': 'tcp',
  'transport.address-family': 'inet',
  'transport.socket.nodelay': 'on',
};

const brickVolfile = (name: string, directory: string, port: number): string =>
  printVolumes(
    stacked(
      [volume(`${name}-posix`, 'storage/posix', { directory })],
      [
        volume(`${name}-locks`, 'features/locks'),
        volume(`${name}-threads`, 'performance/io-threads', { 'thread-count': '16' }),
        volume(name, 'debug/io-stats'),
        volume('server', 'protocol/server', {
          ...tcp,
          'transport.socket.bind-address': HOST,
          'transport.socket.listen-port': String(port),
          'auth-path': name,
          [`auth.addr.${name}.allow`]: HOST,
        }),
      ],
    ),
  );

const clientVolume = (name: string, port: number): PlainVolume =>
  volume(name, 'protocol/client', {
    ...tcp,
    'remote-host': HOST,
    'remote-port': String(port),
    'remote-subvolume': name,
  });

const distribute: PlainVolume = {
  ...volume('distribute', 'cluster/distribute', {
    'lookup-optimize': 'on',
    'lock-migration': 'off',
    'force-migration': 'off',
  }),
  subvolumes: BRICKS,
};

const logOf = ({ folder }: Bench, name: string): string => join(folder, `${name}.log`);

/** The ports of the bricks, which run until the end of the part. @throws {NotMeasured} */
export async function startBricks(bench: Bench): Promise<readonly number[]> {
  const problem = glusterProblem();
  if (problem !== null) throw new NotMeasured(problem);
  const { folder, data, signal } = bench;
  const ports: number[] = [];
  for (const name of BRICKS) {
    const directory = join(data, name);
    mkdirSync(directory);
    const port = await freePort();
    const volfile = join(folder, `${name}.vol`);
    writeFileSync(volfile, brickVolfile(name, directory, port));
    const log = logOf(bench, name);
    const place = ['--brick-name', directory, '--brick-port', String(port)];
    const line = ['glusterfsd', '-N', '-f', volfile, '-l', log, ...place] as const;
    const settings = { line, log, patienceMs: CONNECT_MS_MAX, signal };
    const brick = await startProcess(settings, () => listens(port), 'it did not serve');
    bench.cleanup.add(brick.stop);
    ports.push(port);
  }
  return ports;
}

/** A mount of the bricks with these volumes above. @throws {NotMeasured} */
export async function startClient(
  bench: Bench,
  name: string,
  ports: readonly number[],
  volumes: readonly PlainVolume[] = [],
): Promise<Served> {
  const clients = BRICKS.map((brick, at) => clientVolume(brick, ports[at]!));
  const volfile = printVolumes(stacked([...clients, distribute], volumes));
  const server = await serve(
    bench,
    name,
    glusterMount(() => volfile),
  );
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
