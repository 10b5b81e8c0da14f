/** Tests of the reach that is known of a volfile before its server starts: what volumes state, and bad options. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { formatReachTarget, type VolumeReach } from '../runtime/core/reach.ts';
import { packageRoot } from '../runtime/sys/paths.ts';
import { listGraphReach } from '../runtime/volfile/graph-reach.ts';
import { makeFolder } from '../test/support/folder.ts';
import { CONSOLE, findDefaultLogFile } from './log-sink.ts';
import { registry } from './registry.ts';
import { listServerReach } from './server-reach.ts';
import { inspectText } from './volfiles.ts';

/** Lists the reach of volumes of these types, named a, b, …; each takes the one before it if it is `above`. */
async function listReach(baseDir: string, ...volumes: readonly string[]): Promise<string[]> {
  const text = volumes.map((body, i) => {
    const name = String.fromCharCode(97 + i);
    return `volume ${name}\n  type ${body}\nend-volume\n`;
  });
  const { description, problems } = await inspectText('x.vol', text.join('\n'), { registry });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return listGraphReach(description!, registry, baseDir).map(formatItem);
}

const formatItem = ({ access, target, volume, option }: VolumeReach): string =>
  `${volume} ${option}: ${access} ${formatReachTarget(target)}`;

const PYTHON = 'from glossa import Translator\nclass T(Translator): pass\n';

/** Makes a folder with a module in it. */
function makeModuleFolder(): string {
  const folder = makeFolder();
  mkdirSync(join(folder, 'modules'));
  writeFileSync(join(folder, 'modules/own.py'), PYTHON);
  return folder;
}

const GLUPY = 'features/glupy\n  option module-name own\n  option module-path modules';

it('a storage reaches its directory, which a relative path names from the volfile', async () => {
  expect(await listReach('/srv/vol', 'storage/posix\n  option directory ../data')).toEqual([
    'a directory: read /srv/data',
    'a directory: write /srv/data',
  ]);
});

it('a type without files and addresses reaches nothing', async () => {
  const volumes = ['storage/memory', 'performance/md-cache\n  subvolumes a'];
  expect(await listReach('/srv', ...volumes)).toEqual([]);
});

it.each([
  ['remote-host h\n  option remote-port 49152', 'a remote-host: connect h:49152'],
  ['remote-host ::1', 'a remote-host: connect [::1]:*'],
  [
    'transport-type unix\n  option transport.socket.connect-path /run/b.sock',
    'a transport.socket.connect-path: connect /run/b.sock',
  ],
])('a client with option %s reaches its brick alone', async (options, line) => {
  expect(await listReach('/', `protocol/client\n  option ${options}`)).toEqual([line]);
});

it('a server of bricks listens, and reads certificates with TLS only', async () => {
  const server = (isTls: boolean): Promise<string[]> =>
    listReach(
      '/',
      'storage/memory',
      `protocol/server\n  option listen-port 7000\n  option transport.socket.ssl-crl-path /crl
        option transport.socket.ssl-enabled ${isTls}\n  subvolumes a`,
    );
  const address = 'b transport.socket.listen-port: listen 127.0.0.1:7000';
  expect(await server(false)).toEqual([address]);
  expect(await server(true)).toEqual([
    address,
    'b transport.socket.ssl-own-cert: read /etc/ssl/glusterfs.pem',
    'b transport.socket.ssl-private-key: read /etc/ssl/glusterfs.key',
    'b transport.socket.ssl-ca-list: read /etc/ssl/glusterfs.ca',
    'b transport.socket.ssl-crl-path: read /crl',
  ]);
});

it('a module reaches its folder, the folders of its imports, packages and grants', async () => {
  const folder = makeModuleFolder();
  const paths = ['seen', 'changed', 'wheels'].map((name) => join(folder, name));
  for (const path of paths) mkdirSync(path);
  const grants =
    '\n  option allow-read seen\n  option allow-write changed\n  option packages wheels';
  expect(await listReach(folder, `${GLUPY}:lib${grants}`)).toEqual([
    `a module-name: read ${folder}/modules`,
    `a module-path: read ${folder}/lib`,
    `a packages: read ${paths[2]}`,
    `a allow-read: read ${paths[0]}`,
    `a allow-write: write ${paths[1]}`,
  ]);
});

it('a module reaches the folder of its volfile only if that has modules, too', async () => {
  const folder = makeModuleFolder();
  vi.stubEnv('GLOSSA_PATH', join(folder, 'modules')).stubEnv('PYTHONPATH', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  const own = `a module-name: read ${folder}/modules`;
  const body = 'features/glupy\n  option module-name own';
  expect(await listReach(folder, body)).toEqual([own]);
  writeFileSync(join(folder, 'other.py'), PYTHON);
  expect(await listReach(folder, body)).toEqual([own, `a module-path: read ${folder}`]);
});

it('a module that is a link reaches the folder of its target, too', async () => {
  const folder = makeModuleFolder();
  mkdirSync(join(folder, 'elsewhere'));
  rmSync(join(folder, 'modules/own.py'));
  writeFileSync(join(folder, 'elsewhere/real.py'), PYTHON);
  symlinkSync('../elsewhere/real.py', join(folder, 'modules/own.py'));
  expect(await listReach(folder, GLUPY)).toEqual([
    `a module-name: read ${folder}/modules`,
    `a module-name: read ${folder}/elsewhere`,
  ]);
});

it('a native file reaches its folder, and the packages of the folders above', async () => {
  const folder = makeFolder();
  for (const name of ['src', 'node_modules']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'src/own.ts'), '');
  const lines = await listReach(folder, 'features/native\n  option module-path src/own.ts');
  expect(lines.slice(0, 2)).toEqual([
    `a module-path: read ${folder}/src`,
    `a module-path: read ${folder}/node_modules`,
  ]);
});

it.each([
  ['a missing module', 'features/glupy\n  option module-name absent', /'absent' was not found/],
  ['a missing native file', 'features/native\n  option module-path no.ts', /no file .*no\.ts/],
  ['a missing grant', `${GLUPY}\n  option allow-read gone`, /allow-read gone: there is no such/],
  [
    'a grant with a name that is too long',
    `${GLUPY}\n  option allow-read /${'n'.repeat(256)}`,
    /allow-read .*: ENAMETOOLONG/,
  ],
  ['a storage without a directory', 'storage/posix', /option 'directory' is missing/],
])('%s is refused with the name of the volume', async (_what, body, message) => {
  const refusal = listReach(makeModuleFolder(), 'storage/memory', body);
  await expect(refusal).rejects.toThrow(message);
  await expect(refusal).rejects.toThrow(/^x\.vol:5:8: volume 'b' \(/);
});

it('5,000 grants, and a grant with a path of 4,000 bytes, are listed one by one', async () => {
  const folder = makeModuleFolder();
  const names = Array.from({ length: 5000 }, (_, i) => `f${i}`);
  for (const name of names) writeFileSync(join(folder, name), '');
  const rest = 4000 - Buffer.byteLength(folder) - 1;
  const longPath = `${'d'.repeat(199)}/`.repeat(Math.floor(rest / 200)) + 'e'.repeat(rest % 200);
  mkdirSync(join(folder, longPath), { recursive: true });
  const lines = await listReach(folder, `${GLUPY}\n  option allow-read ${names},${longPath}`);
  expect(lines.slice(1)).toEqual(
    [...names, longPath].map((name) => `a allow-read: read ${folder}/${name}`),
  );
});

it('a storage whose directory is a link reaches it under the name in the volfile', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'data'));
  symlinkSync('data', join(folder, 'link'));
  const [line] = await listReach(folder, 'storage/posix\n  option directory link');
  expect(line).toBe(`a directory: read ${folder}/link`);
});

it('a server reaches what its settings name, and writes only there and to /dev/null', () => {
  const lines = listServerReach({
    volfile: '/v/x.vol',
    logFile: '/l/x.log',
    pidFile: '/p/x.pid',
    statedumpPath: '/s',
    metrics: { host: '127.0.0.1', port: 9 },
    recordFile: '/r/x.rec',
  }).map(formatItem);
  expect(lines).toContain('null volfile: read /v/x.vol');
  expect(lines).toContain('null metrics: listen 127.0.0.1:9');
  expect(lines).toContain(`null installation: read ${packageRoot}`);
  const written = lines.filter((line) => /: (write|connect|execute) /.test(line));
  const paths = written.map((line) => line.slice(line.indexOf(' /') + 1));
  expect(paths.filter((path) => !/\/glossa$|\/node|\/ld[-.]/.test(path))).toEqual([
    '/l/x.log',
    '/p/x.pid',
    '/s',
    '/r/x.rec',
    '/dev/null',
  ]);
});

it('a server reaches the folder of a default log, and of another log the file', () => {
  const listLog = (logFile: string): string[] =>
    listServerReach({ volfile: '/v/x.vol', logFile })
      .filter(({ option }) => option === 'log')
      .map(({ target }) => formatReachTarget(target));
  const file = findDefaultLogFile('/mnt/a');
  expect(listLog(file)).toEqual([dirname(file), dirname(file)]);
  expect(listLog('/home/u/a.log')).toEqual(['/home/u/a.log', '/home/u/a.log']);
});

it('a server on the console whose volfile comes from a server reaches no folder for them', () => {
  const lines = listServerReach({
    volfile: 'h:/data',
    servers: { servers: [{ host: 'h', port: 24_007 }], id: 'data' },
    logFile: CONSOLE,
  }).map(formatItem);
  expect(lines).toContain('null volfile server: connect h:24007');
  expect(lines.filter((line) => /^null (volfile|log|pid file):/.test(line))).toEqual([]);
});

it('the own reach of a server has neither a home directory nor /etc nor /', () => {
  const read = listServerReach({
    volfile: '/v/x.vol',
    logFile: '/l/x.log',
  }).map(({ target }) => formatReachTarget(target));
  for (const secret of [
    '/etc/shadow',
    '/etc/ssl/private',
    join(process.env.HOME ?? '/root', '.ssh'),
  ])
    for (let path = secret; path !== '/'; path = dirname(path)) expect(read).not.toContain(path);
  expect(read).not.toContain('/');
});
