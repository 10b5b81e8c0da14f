/** Commands for a running brick or volfile server while clients use it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../runtime/mount/server-process.ts';
import { NOBODY } from '../../test/support/client.ts';
import { isWithoutBricks, OurBrick, RealMount } from '../../test/support/gluster.ts';
import {
  describeMounts,
  makeScratch,
  runGlossa,
  type Scratch,
  type ServedMount,
  startMount,
  withScratch,
} from '../../test/support/mount.ts';
import { prepareProgram } from '../../test/support/user.ts';
import {
  fetchStatedump,
  findMountOrServer,
  listRunningServers,
  type NamedProcess,
  type RunningServer,
} from './control-client.ts';
import { findPeer } from './control-socket.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };
const isRoot = process.getuid?.() === 0;

const volume = (name: string, type: string, options: string, ...below: string[]): string =>
  `volume ${name}\n  type ${type}\n${options}${below.length > 0 ? `  subvolumes ${below.join(' ')}\n` : ''}end-volume\n`;

describeMounts('a running brick', () => {
  let scratch: Scratch;
  let brick: OurBrick;
  let mount: ServedMount;
  let file = '';

  const files = (name: string): string => {
    mkdirSync(scratch.at(`${name}-files`), { recursive: true });
    return (
      volume(`${name}-posix`, 'storage/posix', `  option directory ${name}-files\n`) +
      volume(name, 'features/locks', '', `${name}-posix`)
    );
  };
  const served = (port: number, ...names: string[]): string =>
    names.map(files).join('') +
    volume(
      'server',
      'protocol/server',
      `  option transport.socket.listen-port ${port}\n${names
        .map((name) => `  option auth.addr.${name}.allow 127.0.0.1\n`)
        .join('')}`,
      ...names,
    );
  const client = (name: string): string =>
    volume(
      'client',
      'protocol/client',
      `  option remote-host 127.0.0.1\n  option remote-port ${brick.port}\n` +
        `  option remote-subvolume ${name}\n  option username alice\n`,
    );
  /** A command's exit status, and what it says. */
  const say = async (...args: string[]): Promise<string> => {
    const { status, out, err } = await runGlossa(scratch, args);
    return `${status} ${out}${err}`;
  };
  const own = async (): Promise<RunningServer[]> =>
    (await listRunningServers()).filter(({ about }) =>
      about?.volfile.startsWith(`${scratch.path}/`),
    );

  beforeAll(async () => {
    scratch = await makeScratch();
    brick = await OurBrick.start(scratch.path, 'two', (port) => served(port, 'east', 'west'));
    file = scratch.at('two.vol');
    mount = await startMount(scratch, client('east'));
  });
  afterAll(async () => {
    await mount.stop();
    await brick.end();
    await scratch.clean();
  });

  it('is listed by glossa mounts, and found by volfile, address and process id', async () => {
    const { out } = await runGlossa(scratch, ['mounts', '--json']);
    const rows = JSON.parse(out) as readonly { readonly volfile: string }[];
    const address = `127.0.0.1:${brick.port}`;
    expect(rows.filter(({ volfile }) => volfile === file)).toEqual([
      {
        what: 'brick',
        mountpoint: null,
        listens: [{ address, bricks: ['east', 'west'] }],
        volfile: file,
        user: expect.any(String),
        uid: process.getuid?.(),
        since: expect.any(String),
        pid: brick.pid,
        health: 'answers',
      },
    ]);
    expect(await say('mounts')).toMatch(
      new RegExp(`^${address} east west +${file} .* ${brick.pid} +answers$`, 'm'),
    );
    for (const name of ['two.vol', file, address, `${brick.pid}`]) {
      expect(await say('stats', name)).toMatch(/^0 server +protocol\/server\n/);
    }
    expect(await say('stats', 'no-such')).toMatch(
      new RegExp(
        `^1 glossa: no-such is not a mount of glossa: nothing is mounted there; what else is served is\n(.*\n)* +${address} east west \\(${file}, process ${brick.pid}\\)\n`,
      ),
    );
    const other = await OurBrick.start(scratch.path, 'other', (port) => served(port, 'east'));
    try {
      const both = await say('stats', 'east');
      expect(both).toMatch(/^1 glossa: east may be any of these; its process says which:\n/);
      for (const { pid } of [brick, other]) expect(both).toContain(`process ${pid})`);
      expect(await say('umount', 'other.vol')).toBe('0 ');
    } finally {
      await other.end();
    }
  });

  it('shows its clients and their open files in stats and statedump', async () => {
    const there = await open(`${mount.path}/open`, 'w');
    try {
      const { volumes } = JSON.parse((await runGlossa(scratch, ['stats', file, '--json'])).out);
      expect(volumes[0]).toMatchObject({
        type: 'protocol/server',
        dump: {
          connections: 1,
          'conn.1.identifier': expect.stringMatching(/^127\.0\.0\.1:\d+$/),
          'conn.1.username': 'alice',
          'conn.1.bound_xl': 'east',
          'conn.1.open-fds': 1,
          'conn.1.requests-under-way': 0,
        },
      });
      const dump = await say('statedump', file);
      expect(dump).toContain('\n[xlator.protocol.server.server.priv]\n');
      expect(dump).toMatch(/\nconn\.1\.client-uid=\S+\n/);
      expect(dump).toMatch(/^type=file$/m);
    } finally {
      await there.close();
    }
  });

  it('replies to a hundred statedumps, to top and to trace at once while a client writes', async () => {
    const found = (await findMountOrServer(file)) as NamedProcess;
    let done = false;
    const work = (async () => {
      let times = 0;
      for (; !done || times === 0; times++) {
        const there = await open(`${mount.path}/busy`, 'w');
        await there.write(`${times}`);
        await there.close();
      }
      return times;
    })();
    const dumps = await Promise.all(Array.from({ length: 100 }, () => fetchStatedump(found)));
    const top = await runGlossa(scratch, ['top', file, '--json']);
    const trace = await runGlossa(scratch, ['trace', file, '--summary'], {
      onStart: (child) => child.stderr!.once('data', () => child.kill('SIGTERM')),
    });
    done = true;
    const times = await work;
    expect(dumps.map(({ process: { pid } }) => pid)).toEqual(dumps.map(() => brick.pid));
    expect(readFileSync(scratch.at('east-files/busy'), 'utf8')).toBe(`${times - 1}`);
    const view = JSON.parse(top.out);
    expect(view).toMatchObject({ volfile: file, pid: brick.pid });
    const posix = view.volumes.find(({ name }: { name: string }) => name === 'east-posix');
    expect(posix.fopsPerS).toBeGreaterThan(0);
    expect(view.fopsPerS).toBeGreaterThan(0);
    expect(trace).toMatchObject({ status: 0, err: expect.stringContaining(`observing ${file}`) });
  });

  it('reloads its volfile and reports the changes, or the reason why nothing changes', async () => {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('  subvolumes east west', '  option root-squash on\n$&'));
    expect(await say('reload', file)).toMatch(/^0 .*: new options for server\n$/);
    expect(await say('reload', file)).toMatch(/^0 .*: no option changed\n$/);
    writeFileSync(file, 'volume x\n');
    expect(await say('reload', file)).toMatch(/^1 .*: everything stays as it was: .*\n/);
    writeFileSync(file, text);
    expect(await say('reload', file)).toMatch(/^0 /);
  });

  it.runIf(isRoot)('shows another user its process id and nothing more', async () => {
    await withScratch(async (theirs) => {
      const program = await prepareProgram(theirs, NOBODY);
      const as = (...args: string[]) => runGlossa(theirs, args, program);
      expect(await as('stats', `${brick.pid}`)).toMatchObject({
        status: 1,
        err: expect.stringContaining('only root and the user with uid 0'),
      });
      expect(await as('umount', file)).toMatchObject({ status: 1 });
      const rows = JSON.parse((await as('mounts', '--json')).out) as readonly object[];
      expect(rows).toContainEqual(
        expect.objectContaining({ pid: brick.pid, volfile: null, user: 'root', health: 'unknown' }),
      );
    });
  });

  it('leaves no socket behind after kill -9, and is found again after a restart', async () => {
    const [before] = await own();
    const { process: killed, socket } = before!;
    await brick.end('SIGKILL');
    await expect.poll(() => isRunning(killed), PATIENCE).toBe(false);
    expect(await own()).toEqual([]);
    expect(await say('stats', `${killed.pid}`)).toMatch(/^1 glossa: \d+ is not a mount of glossa/);
    await brick.run();
    expect(await findPeer(socket)).toBeNull();
    expect(await own()).toMatchObject([{ process: { pid: brick.pid }, health: 'answers' }]);
    expect(await say('stats', file)).toMatch(/^0 server /);
  });

  it('stopped by SIGSTOP makes glossa umount fail at once, with the kill command', async () => {
    brick.kill('SIGSTOP');
    try {
      expect(await say('umount', `${brick.pid}`)).toBe(
        `1 glossa: process ${brick.pid} does not answer; 'kill -9 ${brick.pid}' ends it\n`,
      );
    } finally {
      brick.kill('SIGCONT');
    }
  });

  it('ends once when two glossa umount run at the same time', async () => {
    const [before] = await own();
    const both = await Promise.all([1, 2].map(() => say('umount', file)));
    expect(both).toContain('0 ');
    for (const said of both) expect(said).toMatch(/^(0 $|1 glossa: \S+ is not a mount of glossa)/);
    expect(isRunning(before!.process)).toBe(false);
    expect(await findPeer(before!.socket)).toBeNull();
    expect(brick.logged).toMatch(/: stopped\n$/);
  });

  it('has the commands of a volfile server, which is listed and ended in the same way', async () => {
    mkdirSync(scratch.at('volfiles'));
    const args = ['brick', 'volfiles', 'volfiles', '--port', '0', '-l', scratch.at('volfiles.log')];
    expect((await runGlossa(scratch, args)).status).toBe(0);
    expect(await own()).toMatchObject([
      { about: { what: 'volfile-server', volfile: scratch.at('volfiles') } },
    ]);
    expect(await say('stats', 'volfiles')).toBe("1 glossa: this server does not answer 'stats'\n");
    expect(await say('umount', 'volfiles')).toBe('0 ');
    expect(await own()).toEqual([]);
  });
});

(isWithoutBricks() ? describe.skip : describeMounts)(
  'a running brick with a client of GlusterFS',
  () => {
    it('shows the client’s id and version in stats', async () => {
      const scratch = await makeScratch();
      mkdirSync(scratch.at('files'));
      const brick = await OurBrick.serve(scratch.path, scratch.at('files'));
      const mount = await RealMount.start(
        scratch.path,
        'real',
        brick.volfile.replace(/volume utime[\s\S]*/, ''),
      );
      try {
        await mount.runScript('echo text > f');
        const { out } = await runGlossa(scratch, ['stats', `${brick.pid}`]);
        expect(out).toMatch(/conn\.1\.client-uid +CTX_ID:/);
        expect(out).toMatch(/conn\.1\.version +\d+\.\d/);
      } finally {
        await mount.end();
        await brick.end();
        await scratch.clean();
      }
    });
  },
);
