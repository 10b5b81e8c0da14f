/** `glossa brick` with GlusterFS's own client. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { findFreePort } from '../server/start-server.ts';
import { makeFolder } from '../test/support/folder.ts';
import { findBrickObstacle, OurBrick, RealBrick, RealMount } from '../test/support/gluster.ts';
import { describeMounts, GLOSSA } from '../test/support/mount.ts';
import { skipWithoutTools } from '../test/support/tools.ts';

const PATIENCE = { timeout: 120_000, interval: 100 };

type Given = Readonly<Record<string, string>>;

const volume = (name: string, type: string, given: Given, ...below: string[]): string =>
  [
    `volume ${name}`,
    `  type ${type}`,
    ...Object.entries(given).map(([key, value]) => `  option ${key} ${value}`),
    ...(below.length === 0 ? [] : [`  subvolumes ${below.join(' ')}`]),
    'end-volume\n',
  ].join('\n');

const server = (given: Given, ...bricks: string[]): string =>
  volume('server', 'protocol/server', given, ...bricks);

const files = (folder: string, more = ''): string =>
  volume('posix', 'storage/posix', { directory: folder }) +
  volume('locks', 'features/locks', {}, 'posix') +
  volume('upcall', 'features/upcall', { 'cache-invalidation': 'on' }, 'locks') +
  (more || volume('brick', 'debug/io-stats', {}, 'upcall'));

const client = (port: number, given: Given = {}, name = 'c0'): string =>
  volume(name, 'protocol/client', {
    ...{ 'transport-type': 'tcp', 'remote-host': '127.0.0.1', 'remote-port': `${port}` },
    ...{ 'remote-subvolume': 'brick', 'ping-timeout': '42', 'send-gids': 'on', ...given },
  });
const distributed = (port: number, given: Given = {}): string =>
  client(port, given) + volume('dht', 'cluster/distribute', {}, 'c0');

const serving = (port: number): Given => ({
  'transport.socket.listen-port': `${port}`,
  'auth.addr.brick.allow': '127.0.0.1',
});

/** Common operations on files, whose output is compared with that in a local folder. */
const DEEDS = `set -e
echo one > f; echo two >> f; cat f
dd if=/dev/urandom of=r bs=1M count=1 2>/dev/null; cat r | md5sum > sum; cp r s; md5sum --status -c <(sed 's/-/s/' sum) 2>/dev/null || md5sum s | cut -c1-32 | diff - <(cut -c1-32 sum) || echo differs
truncate -s 5 f; cat f; echo; truncate -s 100K f; stat -c '%s %b' f | cut -d' ' -f1
dd if=/dev/zero of=sparse bs=1 count=1 seek=1M 2>/dev/null; stat -c %s sparse
mkdir -p a/b/c; mv a/b a/d; ls a; ln f hard; ln -s f soft; readlink soft; stat -c '%h %F' hard soft
mkfifo p; stat -c %F p; chmod 4711 f; stat -c %a f; chown 12:34 f; stat -c '%u %g' f
touch -d 2001-02-03T04:05:06.123456789Z f; TZ=UTC stat -c %y f
mv hard soft; stat -c %F soft; ls -A | sort | tr '\\n' ' '
mkdir full; touch full/x; rmdir full 2>/dev/null || echo full
exec 3<f; rm f soft; cat <&3 | wc -c; exec 3<&-
mkdir many; cd many; seq 1000 | xargs touch; ls | sort -u | wc -l; cd ..; rm -r many a full; ls
`;

/** Programs that are strict about files, one after another. */
const PROGRAMS = `set -e
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
tar cf a.tar -C "$DOCS" .; mkdir x; tar xf a.tar -C x; diff -r "$DOCS" x && echo unpacked
git init -q g; cp -r x g; cd g; git add -A
git -c user.name=a -c user.email=a@b commit -qm m; git gc -q; git fsck --strict --no-progress
git clone -q . ../h; git -C ../h status --short; cd ..; diff -r x h/x && echo cloned
python3 - <<'END'
import sqlite3
for mode in ("wal", "delete", "truncate", "persist"):
    with sqlite3.connect(mode + ".db") as db:
        db.execute("pragma journal_mode=" + mode)
        db.execute("create table t(x)")
        db.executemany("insert into t values(?)", ((n,) for n in range(500)))
    print(mode, db.execute("pragma integrity_check").fetchone())
END
exec 3<>gone; rm gone; echo here >&3; cat /proc/self/fd/3
for n in $(seq 100); do echo $n > n$n & done; wait; cat n* | sort -n | md5sum
`;

const why = findBrickObstacle();
const skipped = why !== '' && process.env.GLOSSA_REQUIRE_ALL !== '1';
if (skipped) process.stderr.write(`skipped: bricks for GlusterFS: ${why}\n`);

it('glossa brick serves as a daemon until SIGTERM', async () => {
  const folder = makeFolder();
  const at = (name: string): string => join(folder, name);
  const glossa = (...args: string[]) =>
    spawnSync(process.execPath, [GLOSSA, 'brick', ...args, '-l', at('log')], { encoding: 'utf8' });
  const memory = volume('brick', 'storage/memory', { size: '1MB' });
  writeFileSync(at('none.vol'), memory);
  expect(glossa(at('none.vol'))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('has no volume of type protocol/server'),
  });
  writeFileSync(at('brick.vol'), memory + server(serving(0), 'brick'));
  const { status, stdout } = glossa(at('brick.vol'), '-p', at('pid'));
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^127\.0\.0\.1:\d+ brick\n$/)]);
  const pid = Number(readFileSync(at('pid'), 'utf8'));
  process.kill(pid, 'SIGHUP');
  await expect.poll(() => readFileSync(at('log'), 'utf8'), PATIENCE).toContain('no option changed');
  process.kill(pid, 'SIGTERM');
  await expect.poll(() => readFileSync(at('log'), 'utf8'), PATIENCE).toMatch(/: stopped\n$/);
  expect(existsSync(at('pid'))).toBe(false);
});

(skipped ? describe.skip : describeMounts)('a brick of glossa with GlusterFS clients', () => {
  let folder: string;
  let shared: OurBrick;
  const mounts: RealMount[] = [];
  const bricks: (OurBrick | RealBrick)[] = [];
  let count = 0;

  const start = async (text: (port: number) => string, port = 0): Promise<OurBrick> => {
    count += 1;
    const brick = await OurBrick.start(folder, `brick${count}`, text, port);
    bricks.push(brick);
    return brick;
  };
  const mount = async (volfile: string, ...more: string[]): Promise<RealMount> => {
    count += 1;
    const made = await RealMount.start(folder, `mnt${count}`, volfile, more);
    mounts.push(made);
    return made;
  };
  const dir = (name: string): string => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  };

  beforeAll(async () => {
    folder = realpathSync(makeFolder());
    shared = await OurBrick.start(
      folder,
      'shared',
      (port) =>
        files(dir('files')) +
        server(
          {
            'transport.socket.listen-port': `${port}`,
            'auth.addr.brick.allow': '127.0.0.1',
            'auth.addr.brick.reject': '/denied(*)',
          },
          'brick',
        ),
    );
  });
  afterEach(async () => {
    for (const made of mounts.splice(0)) await made.end();
    for (const brick of bricks.splice(0)) await brick.end();
  });
  afterAll(async () => {
    await shared.end();
  });

  it('behaves like a local folder for shell tools', async () => {
    const [local, far] = [dir('local'), await mount(distributed(shared.port, { unknown: 'x' }))];
    const there = await far.runScript(
      `mkdir w; cd w; bash -c "$DEEDS"`.replace('"$DEEDS"', quoted(DEEDS)),
    );
    const here = await far.runScript(`cd ${local}; bash -c ${quoted(DEEDS)}`);
    expect(there).toBe(here);
    expect(here).toContain('\n1000\n');
    expect(
      await far.runScript(
        'stat -f -c %T . > /dev/null && setfattr -n user.a -v b w && getfattr --only-values -n user.a w',
      ),
    ).toBe('b');
    expect(far.logged.split('\n').filter((line) => / E \[/.test(line))).toEqual([]);
  });

  it('behaves like a local folder for tar, git and SQLite', async () => {
    skipWithoutTools(PROGRAMS);
    const [local, far] = [dir('of-programs'), await mount(client(shared.port))];
    const run = `DOCS=${packageRoot}/docs bash -c ${quoted(PROGRAMS)}`;
    const there = await far.runScript(`mkdir programs; cd programs; ${run}`);
    expect(there).toBe(await far.runScript(`cd ${local}; ${run}`));
    expect(there).toMatch(/^unpacked\ncloned\n(\w+ \('ok',\)\n){4}here\n\w{32} /);
    // Operations that GlusterFS's client does not send.
    const unnamed = "import os; os.open('.', os.O_TMPFILE | os.O_RDWR)";
    expect(await far.runScript(`python3 -c "${unnamed}"`)).toContain('not supported');
    expect(far.logged.split('\n').filter((line) => / E \[/.test(line))).toEqual([]);
  });

  it("lets its clients see each other's changes despite caches, and respect each other's locks", async () => {
    const caching = (port: number): string =>
      client(port) +
      volume(
        'mdc',
        'performance/md-cache',
        { 'cache-invalidation': 'on', 'md-cache-timeout': '600' },
        'c0',
      );
    const [a, b] = [await mount(caching(shared.port)), await mount(caching(shared.port))];
    await a.runScript('echo 1 > told');
    expect(await b.runScript('stat -c %s told')).toBe('2\n');
    await a.runScript('echo 22 >> told');
    await expect.poll(() => b.runScript('stat -c %s told'), PATIENCE).toBe('5\n');
    const held = a.runScript(
      'exec 9<>told; flock 9; touch held; until [ -e free ]; do sleep 0.1; done',
    );
    await expect.poll(() => b.runScript('ls'), PATIENCE).toContain('held');
    expect(await b.runScript('flock -n told true || echo taken')).toBe('taken\n');
    await b.runScript('touch free');
    await held;
    expect(await b.runScript('flock -w 60 told echo mine')).toBe('mine\n');
  });

  it('releases the locks of a killed client', async () => {
    const [a, b] = [await mount(client(shared.port)), await mount(client(shared.port))];
    await a.runScript('rm -f held; touch told');
    const holds = a.runScript('exec 9<>told; flock 9; touch held; exec sleep 600 9<&9');
    holds.catch(() => {});
    await expect.poll(() => b.runScript('ls'), PATIENCE).toContain('held');
    expect(await b.runScript('flock -n told true || echo taken')).toBe('taken\n');
    await a.kill();
    expect(await b.runScript('flock -w 60 told echo mine')).toBe('mine\n');
    expect(shared.logged).toMatch(/client .* disconnected/);
  });

  it("refuses a client with a wrong password, and the client's mount fails", async () => {
    const strict = await start(
      (port) =>
        files(dir('strict')) +
        server(
          {
            'transport.socket.listen-port': `${port}`,
            'auth.login.brick.allow': 'alice',
            'auth.login.alice.password': 's3cret',
          },
          'brick',
        ),
    );
    const as = (password: string) => client(strict.port, { username: 'alice', password });
    await expect(mount(as('guess'))).rejects.toThrow(/AUTH_FAILED|[Aa]uthentication failed/);
    const refusals = (): number => strict.logged.split('Authentication failed').length - 1;
    expect(strict.logged).toMatch(
      /a client from 127.0.0.1 is refused for "brick" \(username "alice"\): Authentication failed: its password is not that of option auth\.login\.USER\.password/,
    );
    expect(strict.logged).not.toContain('guess');
    expect(refusals()).toBe(1);
    await (await mount(as('s3cret'))).runScript('echo in > f');
  });

  it('serves its client again after it is killed and restarted', async () => {
    const brick = await start(
      (port) => files(dir('again')) + server(serving(port), 'brick'),
      await findFreePort(),
    );
    const far = await mount(client(brick.port));
    await far.runScript('mkdir -p d/e; echo text > d/e/f');
    await brick.end('SIGKILL');
    expect(await far.runScript('cat d/e/f')).toMatch(/status [12]/);
    await brick.run();
    await expect.poll(() => far.runScript('cat d/e/f'), PATIENCE).toBe('text\n');
    expect(await far.runScript('echo more >> d/e/f; cat d/e/f')).toBe('text\nmore\n');
  });

  it('keeps a client with a slow request while it answers pings, and loses the client when it is stopped', async () => {
    const slow = volume(
      'brick',
      'debug/delay-gen',
      { enable: 'SETXATTR', 'delay-percentage': '100', 'delay-duration': '3000000' },
      'upcall',
    );
    const brick = await start((port) => files(dir('slow'), slow) + server(serving(port), 'brick'));
    const far = await mount(client(brick.port, { 'ping-timeout': '1' }));
    expect(await far.runScript('touch f; setfattr -n user.a -v b f; ls')).toBe('f\n');
    expect(far.logged).not.toContain('disconnected from');
    brick.kill('SIGSTOP');
    expect(await far.runScript('stat g')).toMatch(/status [12]/);
    brick.kill('SIGCONT');
    await expect.poll(() => far.runScript('ls'), PATIENCE).toBe('f\n');
  });

  it('exports a subdirectory as the root of a volume, where root-squash gives root the rights of an ordinary user', async () => {
    const brick = await start((port) => {
      const auth = '/sub(127.0.0.1)';
      return (
        files(dir('folders')) +
        server({ ...serving(port), 'auth.addr.brick.allow': auth, 'root-squash': 'on' }, 'brick')
      );
    });
    mkdirSync(join(folder, 'folders/sub/below'), { recursive: true });
    chmodSync(join(folder, 'folders/sub'), 0o777);
    writeFileSync(join(folder, 'folders/above'), '');
    const far = await mount(client(brick.port), '--subdir-mount=/sub');
    expect(await far.runScript('ls; stat -c %i .; touch f; stat -c "%u %g" f; ls -a | wc -l')).toBe(
      'below\n1\n65534 65534\n4\n',
    );
    expect(await far.runScript('rm f; rmdir below; mkdir x; mv x y; ls')).toBe('y\n');
    await expect(mount(client(brick.port), '--subdir-mount=/none')).rejects.toThrow();
    await expect(mount(client(brick.port))).rejects.toThrow(/uthentication failed|AUTH_FAILED/);
  });

  it('exports a subdirectory to a mount of glossa, as a brick of GlusterFS does', async () => {
    const auth = { 'auth.addr.brick.allow': '/sub(127.0.0.1),/none(127.0.0.1)' };
    const ours = await start(
      (port) => files(dir('given')) + server({ ...serving(port), ...auth }, 'brick'),
    );
    const real = await RealBrick.start(dir('real-given'), { server: auth });
    bricks.push(real);
    for (const [brick, at] of [
      [ours, join(folder, 'given')],
      [real, real.files],
    ] as const) {
      mkdirSync(join(at, 'sub/below'), { recursive: true });
      const [volfile, mnt, log] = ['v.vol', 'mnt', 'log'].map((name) =>
        join(at, '..', `${ours === brick}-${name}`),
      ) as [string, string, string];
      writeFileSync(volfile, brick.volfile);
      mkdirSync(mnt);
      const glossa = (...args: string[]) =>
        spawnSync(process.execPath, [GLOSSA, ...args], { encoding: 'utf8' });
      const made = glossa('mount', volfile, mnt, '-l', log, '--subdir-mount', '/sub/../sub/');
      expect(made.stderr).toBe('');
      try {
        const { stdout } = spawnSync(
          'sh',
          ['-c', 'ls; echo text > f; mv f below; cat below/f; ls -a | wc -l'],
          { cwd: mnt, encoding: 'utf8' },
        );
        expect(stdout).toBe('below\ntext\n3\n');
        expect(readFileSync(join(at, 'sub/below/f'), 'utf8')).toBe('text\n');
      } finally {
        expect(glossa('umount', mnt).stderr).toBe('');
      }
      if (brick === real) continue;
      const none = ['--up-timeout', '2', '--subdir-mount', '/none'];
      expect(glossa('mount', volfile, mnt, '-l', log, ...none)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('subdirectory for mount "/none" is not found'),
      });
    }
    writeFileSync(join(folder, 'local.vol'), files(dir('given')));
    const local = spawnSync(
      process.execPath,
      [GLOSSA, 'mount', join(folder, 'local.vol'), dir('local-mnt'), '--subdir-mount', '/sub'],
      { encoding: 'utf8' },
    );
    expect(local).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('has no volume of type protocol/client'),
    });
  });

  it('serves one replica of a GlusterFS volume beside a GlusterFS brick', async () => {
    const real = await RealBrick.start(dir('real'));
    bricks.push(real);
    const own = dir('replica');
    const brick = await start((port) => files(own) + server(serving(port), 'brick'));
    const both =
      client(real.port, {}, 'c0') +
      client(brick.port, {}, 'c1') +
      volume('rep', 'cluster/replicate', { 'afr-pending-xattr': 'c0,c1' }, 'c0', 'c1') +
      volume('dht', 'cluster/distribute', {}, 'rep');
    const far = await mount(both);
    expect(
      await far.runScript(
        'mkdir d; for n in 1 2 3; do echo $n > d/$n; done; mv d/1 d/x; rm d/2; cat d/*',
      ),
    ).toBe('3\n1\n');
    await far.end();
    const look = (at: string): string =>
      spawnSync(
        'sh',
        [
          '-c',
          "find d -type f | sort | xargs md5sum; getfattr -R -d -m trusted.afr -e hex d | grep =0x | grep -v '0x0*$'; true",
        ],
        { cwd: at, encoding: 'utf8' },
      ).stdout;
    expect(look(own)).toBe(look(real.files));
    expect(look(own)).toMatch(/^\w+ {2}d\/3\n\w+ {2}d\/x\n$/);
  });

  it('accepts TLS connections, and refuses a client whose certificate is not allowed', async () => {
    skipWithoutTools('openssl version');
    const pem = (name: string): string => join(folder, name);
    const made = spawnSync(
      'sh',
      [
        '-ec',
        `cd ${folder}
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=ca -keyout ca.key -out ca.pem -days 2
for who in brick laptop; do
  openssl req -newkey rsa:2048 -nodes -subj /CN=$who -keyout $who.key -out $who.csr
  openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out $who.pem -days 2
done`,
      ],
      { encoding: 'utf8' },
    );
    expect(made.status, made.stderr).toBe(0);
    const tls = (who: string): Given => ({
      'transport.socket.ssl-enabled': 'on',
      'transport.socket.ssl-own-cert': pem(`${who}.pem`),
      'transport.socket.ssl-private-key': pem(`${who}.key`),
      'transport.socket.ssl-ca-list': pem('ca.pem'),
    });
    const brick = await start((port) => {
      const own = { ...serving(port), ...tls('brick'), 'auth.ssl-allow': 'laptop' };
      return files(dir('encrypted')) + server(own, 'brick');
    });
    const far = await mount(client(brick.port, tls('laptop')));
    expect(await far.runScript('echo text > f; cat f')).toBe('text\n');
    // Its certificate names another client.
    await expect(mount(client(brick.port, tls('brick')))).rejects.toThrow(/uthentication failed/);
    expect(brick.logged).toContain('Authentication failed');
  });
});

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
