/** The volfile server with clients and bricks of GlusterFS, and with glossa's mounts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ENOENT, ENOTCONN } from '../../runtime/core/errno.ts';
import {
  findFreePort,
  findGfapiObstacle,
  isListening,
  RealBrick,
} from '../../test/support/gluster.ts';
import {
  describeMounts,
  GLOSSA,
  makeScratch,
  type Outcome,
  run,
  runGlossa,
  type Scratch,
} from '../../test/support/mount.ts';
import { findProcesses } from '../../test/support/processes.ts';
import { skipFor, skipWithoutTools } from '../../test/support/tools.ts';
import { computeVolumeId, VolfileFolder } from './volfile-folder.ts';
import { VolfileServer } from './volfile-server.ts';

/** For operations that take long on a slow machine. */
const PATIENCE = { timeout: 90_000 };
const VOLUME = 'testvol';

let scratch: Scratch;
let bricks: RealBrick[];
let server: VolfileServer | undefined;
let port: number;
/** The server's log. */
let logLines: string[];

const served = (name: string): string => join(scratch.path, 'volfiles', `${name}.vol`);
/** Returns after all connected clients were notified. */
async function serve(name: string, text: string): Promise<void> {
  const before = notificationsOf(name);
  const old = texts.get(name);
  texts.set(name, text);
  writeFileSync(served(name), text);
  if (server === undefined || old === text) return;
  await vi.waitFor(() => expect(notificationsOf(name)).toBeGreaterThan(before), PATIENCE);
}

const texts = new Map<string, string>();
const notificationsOf = (name: string): number =>
  logLines.filter((line) => line.startsWith('changed: ') && line.includes(name)).length;
const asks = (key: string): string[] =>
  logLines.filter((line) => line.includes(`asked for '${key}'`));

async function startServer(): Promise<void> {
  server = await VolfileServer.start({
    folder: new VolfileFolder(scratch.at('volfiles')),
    tcp: { host: '127.0.0.1', port },
    unix: scratch.at('socket'),
    servers: [],
    log: (text) => void logLines.push(text),
    warn: (text) => void logLines.push(text),
  });
}

interface Looks {
  /** Options of debug/io-stats, the top volume. */
  readonly stats?: string;
  /** The type of a volume below it. */
  readonly above?: string;
}

/** The volfile of both bricks as one volume. */
function distributed({ stats = '', above }: Looks = {}): string {
  const clients = bricks.map(
    (brick, at) => `volume c${at}
    type protocol/client
    option remote-host 127.0.0.1
    option remote-port ${brick.port}
    option remote-subvolume brick
end-volume
`,
  );
  const more = above && `volume more\n    type ${above}\n    subvolumes dht\nend-volume\n`;
  return `${clients.join('')}volume dht
    type cluster/distribute
    subvolumes c0 c1
end-volume
${more ?? ''}volume top
    type debug/io-stats
${stats}    subvolumes ${more === undefined ? 'dht' : 'more'}
end-volume
`;
}

beforeAll(async () => {
  scratch = await makeScratch();
  bricks = [];
  logLines = [];
  mkdirSync(scratch.at('volfiles'));
});
afterAll(async () => {
  await server?.close();
  for (const point of scratch.findMounts()) await run(scratch, 'umount', ['-l', point]);
  for (const brick of bricks) await brick.end();
  await scratch.clean();
});

function needGluster(): void {
  skipWithoutTools('glusterfsd');
  skipFor(process.getuid?.() === 0 ? '' : 'only root starts bricks of GlusterFS and mounts them');
}

/** Prepares most tests; the first one starts the bricks and the server. */
async function ready(): Promise<void> {
  needGluster();
  if (bricks.length > 0) return;
  for (const name of ['one', 'two']) {
    mkdirSync(scratch.at(name));
    const allow = { 'auth.addr.brick.allow': '/(127.0.0.1),/sub(127.0.0.1)' };
    bricks.push(await RealBrick.start(scratch.at(name), { server: allow }));
  }
  port = await findFreePort();
  await serve(VOLUME, distributed());
  await startServer();
}

async function mountReal(
  what: string,
  name: string,
  options = '',
): Promise<Outcome & { path: string; log: () => string }> {
  const path = await scratch.makeFolder(name);
  const file = scratch.at(`${name}.log`);
  const settings = `server-port=${port},log-file=${file}${options && `,${options}`}`;
  const outcome = await run(scratch, 'mount', ['-t', 'glusterfs', '-o', settings, what, path]);
  return { ...outcome, path, log: () => readFileSync(file, 'utf8') };
}

const unmount = (path: string): Promise<Outcome> => run(scratch, 'umount', [path]);

describeMounts('a volfile server for GlusterFS', () => {
  it('lets mount -t glusterfs follow changed options and graphs, also after a restart of the server', async () => {
    await ready();
    await serve(VOLUME, distributed({ stats: '    option log-level DEBUG\n' }));
    const before = asks(`/${VOLUME}`).length;
    const { status, err, path, log } = await mountReal(`127.0.0.1:/${VOLUME}`, 'mnt');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    await writeFile(join(path, 'f'), 'hi\n');
    expect(await readFile(join(path, 'f'), 'utf8')).toBe('hi\n');
    expect(asks(`/${VOLUME}`).slice(before)).toEqual([expect.stringContaining('(flags 1)')]);
    // The client applies the volfile's log level.
    expect(log()).toMatch(/^\[[^\]]*\] D \[/m);

    const file = await open(join(path, 'open'), 'w');
    await file.write('one ');
    const waitFor = (text: string | RegExp, from: number) =>
      vi.waitFor(() => expect(log().slice(from)).toMatch(text), PATIENCE);
    // The existing volumes take over a changed option.
    let from = log().length;
    const changed = '    option log-level DEBUG\n    option count-fop-hits on\n';
    await serve(VOLUME, distributed({ stats: changed }));
    await waitFor('option count-fop-hits using set value on', from);
    expect(log().slice(from)).not.toContain('switched to graph');

    // An unchanged volfile changes nothing, and an invalid one is not sent.
    from = log().length;
    server!.notify([VOLUME]);
    await waitFor('No change in volfile', from);
    writeFileSync(served(VOLUME), 'volume top\n  type debug/io-stats\n');
    await vi.waitFor(
      () => expect(logLines.join('\n')).toMatch(/testvol\.vol:\d+:\d+: error/),
      PATIENCE,
    );
    server!.notify([VOLUME]);
    await vi.waitFor(
      () => expect(logLines.at(-1)).toMatch(/asked for '\/testvol' .* error: /),
      PATIENCE,
    );
    await file.write('two ');

    // A further volume makes another graph, in which open files continue.
    from = log().length;
    await serve(VOLUME, distributed({ stats: changed, above: 'performance/md-cache' }));
    await vi.waitFor(async () => {
      await readFile(join(path, 'f'));
      expect(log().slice(from)).toContain('switched to graph');
    }, PATIENCE);
    await file.write('three');
    await file.close();
    expect(await readFile(join(path, 'open'), 'utf8')).toBe('one two three');

    // The mount runs without its server, and asks the restarted one.
    await server!.close();
    expect(await readFile(join(path, 'f'), 'utf8')).toBe('hi\n');
    const sofar = asks(`/${VOLUME}`).length;
    await startServer();
    await vi.waitFor(() => expect(asks(`/${VOLUME}`).length).toBe(sofar + 1), PATIENCE);
    expect((await unmount(path)).status).toBe(0);
  });

  it('serves mounts by UNIX socket, backup server and subdirectory, and refuses unknown volumes', async () => {
    await ready();
    await serve(VOLUME, distributed());
    const unknown = await mountReal('127.0.0.1:/nosuch', 'unknown');
    expect(unknown.status).toBe(1);
    expect(unknown.log()).toContain('failed to fetch volume file (key:/nosuch)');

    // Over a UNIX socket, with the key as given.
    const byUnix = await scratch.makeFolder('unix');
    // In this order: a transport applies to the server before it.
    const transport = [
      `--volfile-server=${scratch.at('socket')}`,
      '--volfile-server-transport=unix',
    ];
    const args = [...transport, `--volfile-id=${VOLUME}`, '-l', scratch.at('unix.log'), byUnix];
    expect(await run(scratch, 'glusterfs', args)).toMatchObject({ status: 0 });
    mkdirSync(join(byUnix, 'sub'), { recursive: true });
    await writeFile(join(byUnix, 'sub', 'below'), 'deep');
    expect(asks(VOLUME)[0]).toContain('a client at the UNIX socket');
    await unmount(byUnix);

    const backup = 'backup-volfile-servers=127.0.0.1';
    const other = await mountReal(`127.0.0.2:/${VOLUME}`, 'backup', backup);
    expect(other.status).toBe(0);
    expect(other.log()).toContain('connecting to next volfile server 127.0.0.1');
    await unmount(other.path);

    const before = asks(`/${VOLUME}`).length;
    const sub = await mountReal(`127.0.0.1:/${VOLUME}/sub`, 'folder');
    expect(sub.status).toBe(0);
    expect(await readFile(join(sub.path, 'below'), 'utf8')).toBe('deep');
    expect(asks(`/${VOLUME}`).length).toBe(before + 1);
    expect(findProcesses(new RegExp(`--subdir-mount=/sub .*${sub.path}`)).length).toBe(1);
    await unmount(sub.path);
  });

  it('lets libgfapi programs read, write and follow a changed graph over TCP and UNIX sockets', async () => {
    await ready();
    skipFor(findGfapiObstacle());
    await serve(VOLUME, distributed());
    const script = join(import.meta.dirname, '../../test/support/gfapi-write.py');
    const start = (volume: string, ...more: (string | number)[]): ChildProcess => {
      const [transport, host, at, ...files] = more;
      const all = [
        script,
        volume,
        transport,
        host,
        at,
        scratch.at(`${transport}.log`),
        ...files,
      ].map(String);
      const child = spawn('python3', all, { stdio: ['pipe', 'pipe', 'inherit'] });
      scratch.children.add(child);
      return child;
    };
    const lineOf = async (child: ChildProcess): Promise<unknown> =>
      JSON.parse((await once(createInterface({ input: child.stdout! }), 'line'))[0]);
    const dead = await findFreePort();
    const [unknown, unreachable] = await Promise.all([
      lineOf(start('nosuch', 'tcp', '127.0.0.1', port)),
      lineOf(start(VOLUME, 'tcp', '127.0.0.1', dead)),
    ]);
    expect(unknown).toEqual({ init: -1, errno: ENOENT });
    expect(unreachable).toEqual({ init: -1, errno: ENOTCONN });

    const tcp = start(VOLUME, 'tcp', '127.0.0.1', port, 'by-tcp');
    const unix = start(VOLUME, 'unix', scratch.at('socket'), 0, 'by-unix');
    const length = Buffer.byteLength(distributed());
    const id = computeVolumeId(VOLUME).replaceAll('-', '');
    const good = { init: 0, errno: 0, written: 5, size: 16, id, volfile: -length };
    expect(await Promise.all([lineOf(tcp), lineOf(unix)])).toEqual([good, good]);
    // The graph changes between two writes.
    await serve(VOLUME, distributed({ above: 'performance/md-cache' }));
    const ends = [tcp, unix].map(lineOf);
    let lines = 0;
    await vi.waitFor(() => {
      lines += 1;
      for (const child of [tcp, unix]) child.stdin!.write('\n');
      for (const transport of ['tcp', 'unix']) {
        const log = readFileSync(scratch.at(`${transport}.log`), 'utf8');
        expect(log).toMatch(/switched to graph .*id=[1-9]/);
      }
    }, PATIENCE);
    for (const child of [tcp, unix]) child.stdin!.end();
    const written = { written: 5 * lines, close: 0 };
    expect(await Promise.all(ends)).toEqual([written, written]);
    // Each file is on one brick.
    const has = (name: string): string =>
      bricks
        .map(({ files }) => join(files, name))
        .filter(existsSync)
        .map((file) => readFileSync(file, 'utf8'))
        .join('');
    const all = `12345${'67890'.repeat(lines)}`;
    expect([has('by-tcp'), has('by-unix')]).toEqual([all, all]);
  });

  it('tells clients without remote-port the port that the brick has registered', async () => {
    needGluster();
    mkdirSync(scratch.at('ports'));
    mkdirSync(scratch.at('ports-brick'));
    const served = `volume posix
    type storage/posix
    option directory ${scratch.at('ports-brick')}
end-volume
volume /the/brick
    type features/locks
    subvolumes posix
end-volume
volume server
    type protocol/server
    option transport-type tcp
    option transport.socket.bind-address 127.0.0.1
    option transport.socket.listen-port 24444
    option auth.addr./the/brick.allow 127.0.0.1
    subvolumes /the/brick
end-volume
`;
    const client = (line: string): string => `volume c
    type protocol/client
    option remote-host 127.0.0.1
    option remote-subvolume /the/brick
${line}end-volume
`;
    writeFileSync(scratch.at('ports', 'brickvol.vol'), served);
    writeFileSync(scratch.at('ports', 'unsaid.vol'), client(''));
    writeFileSync(scratch.at('ports', 'same.vol'), client('    option remote-port 24007\n'));
    // A network namespace guarantees that the port is free.
    const script = `
ended() { kill $(cat brick.pid vs.pid 2> /dev/null) 2> /dev/null; umount mnt-ports 2> /dev/null; true; }
trap ended EXIT
found() { for i in $(seq 900); do grep -q "$1" "$2" && return; sleep 0.1; done; echo "no $1"; exit 1; }
ip link set lo up
mkdir mnt-ports
${process.execPath} ${GLOSSA} brick volfiles ports -l vs.log -p vs.pid
glusterfsd -N -s 127.0.0.1 --volfile-id brickvol --brick-name /name --brick-port 24444 -l $PWD/brick.log -p brick.pid &
found "registered brick '/the/brick' at port 24444" vs.log
for key in unsaid same; do
  mount -t glusterfs -o log-file=$PWD/$key.log 127.0.0.1:/$key mnt-ports || exit 1
  echo $key > mnt-ports/$key && cat mnt-ports/$key && umount mnt-ports
done
kill -TERM $(cat brick.pid)
found "removed brick '/the/brick' from port 24444" vs.log
`;
    const { out, err } = await run(scratch, 'unshare', ['-n', 'sh', '-c', script]);
    expect({ out: out.split('\n').slice(-3), err }).toEqual({
      out: ['unsaid', 'same', ''],
      err: '',
    });
    const log = readFileSync(scratch.at('vs.log'), 'utf8');
    expect(log).toMatch(/asked for 'brickvol' \(flags 0\)/);
    expect(readFileSync(scratch.at('unsaid.log'), 'utf8')).toContain('changing port to 24444');
  });

  it('serves the volfiles of glossa new volume to a mount of GlusterFS over bricks of GlusterFS', async () => {
    await ready();
    const dirs = ['d 1', 'd2'].map((name) => scratch.at(name));
    const result = await runGlossa(scratch, ['new', 'volume', 'made', ...dirs, '--out', 'made']);
    expect(result.status).toBe(0);
    for (const file of readdirSync(scratch.at('made'))) {
      const text = readFileSync(scratch.at('made', file), 'utf8');
      const listens = /listen-port (\d+)/.exec(text)?.[1];
      if (listens === undefined) {
        await serve('made', text);
        continue;
      }
      const args = ['-N', '-f', scratch.at('made', file), '-l', scratch.at(`${file}.log`)];
      scratch.children.add(spawn('glusterfsd', args, { stdio: 'ignore' }));
      await vi.waitFor(async () => expect(await isListening(Number(listens))).toBe(true), PATIENCE);
    }
    const { status, path } = await mountReal('127.0.0.1:/made', 'mnt-made');
    expect(status).toBe(0);
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) await writeFile(join(path, name), name);
    const there = dirs.flatMap((dir) => readdirSync(dir).filter((name) => names.includes(name)));
    expect(there.sort()).toEqual(names);
    await unmount(path);
  });

  it('lets a mount of glossa follow changed options and graphs, also after it has lost the server', async () => {
    await ready();
    const [brick] = bricks;
    const top = (type: string, options = ''): string =>
      `${brick!.volfile}volume top\n  type ${type}\n${options}  subvolumes utime\nend-volume\n`;
    const key = 'ours';
    await serve(key, top('debug/io-stats'));
    const path = await scratch.makeFolder('own');
    const logFile = scratch.at('own.log');
    const log = (): string => readFileSync(logFile, 'utf8');
    const said = (text: string | RegExp) => vi.waitFor(() => expect(log()).toMatch(text), PATIENCE);
    const dead = await findFreePort();
    // The first server is not running.
    const servers = ['-s', `127.0.0.1:${dead}`, '-s', `127.0.0.1:${port}`];
    const logs = ['--log-file', logFile, '--log-buf-size', '0'];
    const args = ['mount', ...servers, '--volfile-id', key, path, ...logs];
    expect(await runGlossa(scratch, args)).toEqual({ status: 0, signal: null, out: '', err: '' });
    await writeFile(join(path, 'there'), 'of the brick');
    expect(readFileSync(join(brick!.files, 'there'), 'utf8')).toBe('of the brick');
    const source = `127.0.0.1:${dead}:/${key}`;
    const { out } = await runGlossa(scratch, ['mounts', '--json']);
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({ mountpoint: path, volfile: source, health: 'answers' }),
    );

    await serve(key, top('debug/io-stats', '  option count-fop-hits on\n'));
    await said(`${source}: new options for top`);
    const file = await open(join(path, 'open'), 'w');
    await file.write('one ');
    await serve(key, top('features/negative'));
    await said(`${source}: another graph: begun top`);
    await file.write('two');
    await file.close();
    expect(readFileSync(join(brick!.files, 'open'), 'utf8')).toBe('one two');

    // An unknown type leaves the mount as it is; so does the loss of the server.
    await serve(key, top('no/such'));
    await said(`${source}: everything stays as it was`);
    await server!.close();
    await said('is lost');
    expect(await readFile(join(path, 'there'), 'utf8')).toBe('of the brick');
    const failed = await runGlossa(scratch, ['reload', path]);
    expect(failed.out).toContain(`127.0.0.1:${port}: Connection refused`);
    writeFileSync(served(key), top('debug/trace'));
    await startServer();
    await said(/another graph: begun top.*is reachable.*another graph: begun top/s);
    expect(await readFile(join(path, 'there'), 'utf8')).toBe('of the brick');
    expect(await runGlossa(scratch, ['umount', path])).toMatchObject({ status: 0 });
  });

  it('makes a failed mount print the reason in one line', async () => {
    await ready();
    const path = await scratch.makeFolder('none');
    const mount = async (...args: string[]): Promise<string> => {
      const { status, err } = await runGlossa(scratch, ['mount', ...args, path]);
      expect(status).toBe(1);
      return err;
    };
    const dead = await findFreePort();
    const own = `127.0.0.1:${port}`;
    expect(await mount('-s', `127.0.0.1:${dead}`, '--volfile-id', 'v')).toBe(
      `glossa: no volfile 'v' can be fetched: 127.0.0.1:${dead}: Connection refused\n`,
    );
    expect(await mount('-s', own, '--volfile-id', 'nosuch')).toBe(
      `glossa: no volfile 'nosuch' can be fetched: ${own}: it has no such volume\n`,
    );
    // A brick is not a volfile server, and replies ENOSYS.
    expect(await mount('-s', `127.0.0.1:${bricks[0]!.port}`, '--volfile-id', 'v')).toBe(
      `glossa: no volfile 'v' can be fetched: 127.0.0.1:${bricks[0]!.port}: Function not implemented\n`,
    );
  });
});
