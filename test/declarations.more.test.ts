/**
 * Compiles programs against the package's declarations as a user's compiler does: with the settings that
 * `tsc --init` of TypeScript 5, 6 and 7 writes. Declarations whose needs are not found become `any` without an error.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { makeScratch } from './support/mount.ts';
import { isSkipped } from './support/obstacle.ts';

const scratch = await makeScratch();
afterAll(() => scratch.clean());

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  exports: Record<string, { types: string }>;
  peerDependencies: Record<string, string>;
};

const RIGHT = `import { defineFiles, FileError, type Files, Volume } from 'glossa';
import 'glossa/browser';
import 'glossa/chunks';
import 'glossa/page-parts';
import 'glossa/recording';
import 'glossa/testing';
import 'glossa/vfs';
const volume = await Volume.open('data.vol');
const text: string = await volume.readFile('/a', 'utf8');
const bytes: Uint8Array = await volume.readFile('/a');
const names: string[] = await volume.readdir('/');
const { gfid }: { gfid: string } = await volume.stat('/a');
volume.fs.readFile('/a', (error, data) => { const copy: Uint8Array = data; return [error, copy]; });
for await (const path of volume.glob('**')) names.push(path);
const file = await volume.open('/a');
file.createReadStream().on('data', (chunk) => chunk.length);
if (text === '') throw new FileError(2, 'open', '/a');
const files: Files = { list: () => ['a'], stat: () => 5, read: async () => bytes };
console.log(bytes, gfid, defineFiles({ type: 'a/b', description: '', init: () => files }));
`;

/** Lines that a compiler has to refuse, each alone. */
const WRONG = [
  "const size: number = await volume.readFile('/a', 'utf8');",
  "const text: string = await volume.readFile('/a');",
  "const names: number[] = await volume.readdir('/');",
  'const wrong: import("glossa").Files = { list: () => [5], stat: () => 5, read: () => new Uint8Array() };',
  'const wrong: import("glossa").Files = { list: () => [], stat: () => 5 };',
  "await volume.mkdir('/a', { recursiv: true });",
  'await volume.unlink();',
  "const entry: string = (await volume.readdir('/', { withFileTypes: true }))[0];",
  "volume.fs.readFile('/a', (error, data) => { const size: number = data; return [error, size]; });",
  "for await (const path of volume.glob('**')) { const size: number = path; console.log(size); }",
  "const read: string = (await volume.open('/a')).createReadStream();",
  "for await (const event of volume.watch('/a')) { const size: number = event; console.log(size); }",
];

/** Folder of the package typescript of a major version; '' if it is not installed. */
function findCompiler(major: number): string {
  const names = ['typescript', `typescript-${major}`];
  const { resolve: find } = createRequire(import.meta.url);
  for (const name of names) {
    try {
      const path = find(`${name}/package.json`);
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
      if (version.startsWith(`${major}.`)) return dirname(path);
    } catch {
      // Looks for the next name: this one is not installed.
    }
  }
  return '';
}

/** Returns the lines of the errors in each file of a project, by the file's name. */
function findErrors(tsc: string, project: string): Map<string, number[]> {
  const { stdout } = spawnSync(process.execPath, [tsc, '--noEmit', '--pretty', 'false'], {
    cwd: project,
    encoding: 'utf8',
  });
  const errors = new Map<string, number[]>();
  for (const [, name, line] of stdout.matchAll(/^(\S+)\((\d+),\d+\): error /gm)) {
    errors.set(name!, [...(errors.get(name!) ?? []), Number(line)]);
  }
  return errors;
}

describe.each([5, 6, 7])('declarations under TypeScript %i', (major) => {
  const compiler = findCompiler(major);
  const missing = compiler === '' ? `no typescript-${major} (npm: typescript@${major})` : '';

  it.skipIf(isSkipped(`declarations under TypeScript ${major}`, missing))(
    'with the settings of `tsc --init` refuse each wrong line, and no right one',
    () => {
      const project = scratch.at(`project-${major}`);
      mkdirSync(join(project, 'node_modules'), { recursive: true });
      symlinkSync(packageRoot, join(project, 'node_modules/glossa'));
      writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
      const tsc = join(compiler, 'bin/tsc');
      expect(spawnSync(process.execPath, [tsc, '--init'], { cwd: project }).status).toBe(0);
      writeFileSync(join(project, 'right.ts'), RIGHT);
      const opening = "import { Volume } from 'glossa';\nconst volume = await Volume.open('a');\n";
      WRONG.forEach((line, i) => {
        writeFileSync(join(project, `wrong-${i}.ts`), `${opening}${line}\n`);
      });
      const errors = findErrors(tsc, project);
      expect(errors.get('right.ts')).toBeUndefined();
      const accepted = WRONG.filter((_, i) => errors.get(`wrong-${i}.ts`)?.includes(3) !== true);
      expect(accepted).toEqual([]);
    },
  );
});

/** The declaration files that a public one imports, and itself. */
function collectDeclarations(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  const text = readFileSync(path, 'utf8');
  for (const [, name] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)['"]/g)) {
    collectDeclarations(resolve(dirname(path), name!.replace(/\.[jt]s$/, '.d.ts')), found);
  }
  return found;
}

describe('the declarations of the package', () => {
  const files = new Set(
    Object.values(manifest.exports).flatMap(({ types }) => [
      ...collectDeclarations(join(packageRoot, types)),
    ]),
  );

  it('refer to the types of Node in each file that imports a module of Node', () => {
    const texts = [...files].map((path) => [path, readFileSync(path, 'utf8')] as const);
    const users = texts.filter(([, text]) => /from ['"]node:/.test(text));
    expect(users.length).toBeGreaterThan(0);
    expect(
      users.filter(([, text]) => !text.includes('<reference types="node"')).map(([path]) => path),
    ).toEqual([]);
  });

  it('come with the types of Node, which npm installs as a peer of the package', () => {
    expect(manifest.peerDependencies['@types/node']).toBe('*');
  });
});
