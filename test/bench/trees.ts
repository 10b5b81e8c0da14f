/**
 * Makes trees of files, the same in every run, and archives of them: sources, of which a tree of git can be made; small
 * files, as many in each directory; and a project of npm.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { drawBelow, seedRandom } from '../../apps/bench/engine/random.ts';
import { type Bench, runCommand } from './bench.ts';

export interface TreeFile {
  /** Relative to the tree. */
  readonly path: string;
  readonly content: string;
  /** For the owner to run. */
  readonly executable: boolean;
}

const FILES_OF_DIRECTORY = 20;
const DIRECTORIES_OF_DIRECTORY = 10;
/** One file in this number is executable. */
const EXECUTABLE_EVERY = 50;
const LINES_MAX = 120;

/** `a/b/c` of the directory of this number: the digits of it. */
function directoryPath(number: number): string {
  const digit = (value: number): string => `part-${value % DIRECTORIES_OF_DIRECTORY}`;
  const [upper, middle] = [DIRECTORIES_OF_DIRECTORY ** 2, DIRECTORIES_OF_DIRECTORY];
  return [number / upper, number / middle, number]
    .map((value) => digit(Math.floor(value)))
    .join('/');
}

/** Makes this number of files, each with other content. */
export function* treeFiles(count: number): Generator<TreeFile> {
  const random = seedRandom(count);
  const roll = (limit: number): number => drawBelow(random, limit);
  for (let index = 0; index < count; index++) {
    // Most are short, as sources are.
    const lines = 1 + Math.floor(roll(LINES_MAX) * (roll(1000) / 1000));
    const text = Array.from({ length: lines }, (_, line) => `int value_${line} = ${roll(1e6)};\n`);
    yield {
      path: `${directoryPath(Math.floor(index / FILES_OF_DIRECTORY))}/file-${index}.c`,
      content: `/* file ${index} */\n${text.join('')}`,
      executable: index % EXECUTABLE_EVERY === 0,
    };
  }
}

/** Small files, `perDirectory` in each directory. */
export function* listedFiles(directories: number, perDirectory: number): Generator<TreeFile> {
  for (let directory = 0; directory < directories; directory++)
    for (let file = 0; file < perDirectory; file++)
      yield {
        path: `d${directory}/file-${directory}-${file}.txt`,
        content: `${directory} ${file}\n`.repeat(1 + file),
        executable: false,
      };
}

/** A time before all measured files, so that git need not read them to know them unchanged. */
const FILE_TIME = '@1600000000';

/** Makes a tree, packs it, and removes it; returns the archive. */
export async function packTree(
  bench: Bench,
  files: Iterable<TreeFile>,
  completeTree: (folder: string) => Promise<unknown> = async () => {},
): Promise<string> {
  bench.log('making a tree');
  const folder = join(bench.data, 'tree');
  for (const { path, content, executable } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    if (executable) chmodSync(file, 0o755);
  }
  await completeTree(folder);
  const archive = join(bench.data, 'tree.tar');
  const tarFlags = ['--sort=name', `--mtime=${FILE_TIME}`];
  await runCommand(bench, ['tar', '-c', ...tarFlags, '-f', archive, '-C', folder, '.']);
  rmSync(folder, { recursive: true });
  return archive;
}

// -- git -----------------------------------------------------------------------------------------

/** The command of git, for sh: without the user's configuration, and without background maintenance. */
export const GIT = [
  'env GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git',
  '-c user.name=bench -c user.email=bench@localhost -c gc.auto=0 -c maintenance.auto=false',
].join(' ');

/** Packs a tree of sources in which everything is committed. @throws {MeasurementError} also without git */
export async function packCommittedTree(bench: Bench, files: number): Promise<string> {
  await runCommand(bench, ['git', '--version']);
  const git = `${GIT} -C "$0"`;
  const commands = ['init -q', 'add .', 'commit -q -m tree', 'repack -a -d -q'];
  const script = commands.map((command) => `${git} ${command}`).join(' && ');
  return packTree(bench, treeFiles(files), (folder) =>
    runCommand(bench, ['sh', '-c', script, folder]),
  );
}

// -- npm -----------------------------------------------------------------------------------------

export const FILES_OF_PACKAGE = 4;

/** Packs a package of small files; returns the archive. */
async function packPackage(bench: Bench, folder: string, name: string): Promise<string> {
  const source = join(folder, name);
  const archive = `${source}.tgz`;
  const files = {
    'package.json': JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    'index.js': `module.exports = require('./lib/name.js');\n`,
    'lib/name.js': `module.exports = '${name}';\n`.repeat(20),
    'README.md': `# ${name}\n`,
  } satisfies Record<string, string>;
  mkdirSync(join(source, 'package', 'lib'), { recursive: true });
  for (const [path, content] of Object.entries(files))
    writeFileSync(join(source, 'package', path), content);
  await runCommand(bench, ['tar', '-c', '-z', '-f', archive, '-C', source, 'package']);
  rmSync(source, { recursive: true });
  return archive;
}

/** Packs packages; returns the content of package.json and package-lock.json. */
async function packPackages(bench: Bench, count: number): Promise<readonly [object, object]> {
  const folder = join(bench.data, 'packages');
  const dependencies: Record<string, string> = {};
  const lockedPackages: Record<string, object> = {};
  for (let index = 0; index < count; index++) {
    const name = `package-${index}`;
    const archive = await packPackage(bench, folder, name);
    const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
    dependencies[name] = `file:${archive}`;
    lockedPackages[`node_modules/${name}`] = {
      version: '1.0.0',
      resolved: `file:${archive}`,
      integrity: `sha512-${digest}`,
    };
  }
  const project = { name: 'project', version: '1.0.0' };
  const packages = { '': { ...project, dependencies }, ...lockedPackages };
  return [
    { ...project, dependencies },
    { ...project, lockfileVersion: 3, requires: true, packages },
  ];
}

/** Packs a project that depends on packages of this machine. @throws {MeasurementError} also without npm */
export async function packProject(bench: Bench, packages: number): Promise<string> {
  await runCommand(bench, ['npm', '--version']);
  bench.log('packing packages');
  const [manifest, lock] = await packPackages(bench, packages);
  return packTree(bench, [
    { path: 'package.json', content: JSON.stringify(manifest), executable: false },
    { path: 'package-lock.json', content: JSON.stringify(lock), executable: false },
  ]);
}
