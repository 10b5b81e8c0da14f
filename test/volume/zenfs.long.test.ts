/**
 * Runs the conformance suite of @zenfs/core, which is made for other people's file systems, on
 * `volume.fs` over storage/memory. It needs Node 24 or later.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { nodes } from '../support/nodes.ts';

/** The newest: the suite calls what Node 22 lacks (Error.isError). */
const node = nodes.toSorted((a, b) => majorOf(a) - majorOf(b)).at(-1)!;
const isNew = majorOf(node) >= 24;
const canRun = isNew && findTests() !== null;
if (!canRun) {
  process.stderr.write(
    'skipped: the suite of @zenfs/core: it needs the package (NODE_PATH) and Node 24 (GLOSSA_NODES)\n',
  );
}

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The package's folder of tests; in NODE_PATH, as it is no dependency. */
const tests = findTests();
const run = promisify(execFile);
const tsx = createRequire(import.meta.url).resolve('tsx');

/** Tests that fail, by file, each with the reason. */
const differing: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'directory.test.ts': {
    'readdir returns Dirent recursively':
      'zenfs makes the path of the parent absolute; Node returns it as it was given',
  },
  'errors.test.ts': {
    rename: "zenfs makes the error's dest absolute; Node returns it as it was given",
    renameSync: 'as rename',
    link: 'as rename',
    linkSync: 'as rename',
  },
  'links.test.ts': {
    'mkdir follows symlinks for intermediate components':
      'Node reports the path of a link that leads nowhere; a volume reports the path of the call',
    'mkdirSync follows symlinks for intermediate components':
      'Node reports ENOENT here and ENOTDIR from the promise; a volume reports ENOTDIR from both',
  },
  'permissions.test.ts': { lchmod: 'Linux has no such operation' },
  'xattr.test.ts': Object.fromEntries(
    [
      ...['Non-user attribute set fails', 'set and get attributes'],
      ...['get attributes with buffer encoding', 'remove attributes', 'list attributes'],
      ...['handle create and replace options', 'file must exist', 'synchronous operations'],
    ].map((title) => [
      title,
      'fs.xattr is an interface of zenfs; a volume has getxattr and others',
    ]),
  ),
};

function findTests(): string | null {
  const folders = (process.env.NODE_PATH ?? '').split(':').filter(Boolean);
  const found = folders.find((folder) => existsSync(`${folder}/@zenfs/core/tests/fs`));
  return found === undefined ? null : `${found}/@zenfs/core/tests/fs/`;
}

function majorOf(path: string): number {
  const { stdout } = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return Number.parseInt(stdout, 10);
}

/** The titles of the tests of a file that fail. */
async function failures(file: string): Promise<string[]> {
  const { stdout } = await run(node, ['--import', tsx, '--test-reporter=tap', `${tests}${file}`], {
    cwd: root,
    timeout: 120_000,
    env: {
      ...process.env,
      SETUP: `${root}test/volume/zenfs-setup.ts`,
      DATA: `${tests}../data`,
      NODE_OPTIONS: '',
    },
  }).catch((error: { readonly stdout: string; readonly stderr: string }) => error);
  expect(stdout).toMatch(/^# tests [1-9]/m);
  return [...stdout.matchAll(/^ {4}not ok \d+ - (.*)$/gm)].map(([, title]) => title!);
}

describe.skipIf(!canRun)('the suite of @zenfs/core', () => {
  it.concurrent.each(tests === null ? ['every file'] : readdirSync(tests))(
    '%s passes on volume.fs, except for the listed differences',
    async (file) => {
      expect((await failures(file)).sort()).toEqual(Object.keys(differing[file] ?? {}).sort());
    },
  );
});
