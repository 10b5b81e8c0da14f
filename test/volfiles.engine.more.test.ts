/** Starts every volfile of the project over a folder. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LogSink, WARNING } from '../runtime/core/log.ts';
import { packageRoot } from '../runtime/sys/paths.ts';
import { type PlainVolume, toPlainVolumes } from '../runtime/volfile/description.ts';
import { makeGraph } from '../runtime/volfile/make-graph.ts';
import { Source } from '../runtime/volfile/source.ts';
import { readVolfile } from '../runtime/volfile/volfile.ts';
import { PumpContext } from '../server/pump-context.ts';
import { registry } from '../server/registry.ts';
import { compileModule, hasCompiler, isCompiled } from './support/compiled.ts';
import { withScratch } from './support/mount.ts';
import { volfiles } from './support/volfiles.ts';

/** The file name of the volume's compiled module, if it has one. */
function findCompiled({ options }: PlainVolume): string | undefined {
  const values = new Map(options);
  return [values.get('module-name'), values.get('module-path')].find(
    (name) => name !== undefined && isCompiled(name),
  );
}

/** Options that lead to modules compiled from the sources beside the volfile. */
function compileModules(volumes: readonly PlainVolume[], folder: string): Promise<string[]> {
  const found = volumes.flatMap((volume) => {
    const module = findCompiled(volume);
    return module === undefined ? [] : [{ volume, module }];
  });
  return Promise.all(
    found.map(async ({ volume, module }) => {
      const path = await compileModule(folder, module);
      // features/glupy looks into folders.
      return `${volume.name}.module-path=${module.endsWith('.wasm') ? dirname(path) : path}`;
    }),
  );
}

/** Clients want a brick, and bricks a port: the READMEs of those have tests. */
const isRemote = (path: string): boolean =>
  readFileSync(join(packageRoot, path), 'utf8').includes('type protocol/');

const readVolumes = (path: string): readonly PlainVolume[] => {
  const source = new Source(path, readFileSync(join(packageRoot, path), 'utf8'));
  return toPlainVolumes(readVolfile(source).description);
};

const canCompileModules = (path: string): boolean =>
  readVolumes(path)
    .flatMap((volume) => findCompiled(volume) ?? [])
    .every((module) => hasCompiler(join(packageRoot, dirname(path)), module));

const startable = volfiles.filter((path) => !isRemote(path) && canCompileModules(path));

describe('a volfile of the repository', () => {
  it.each(startable)('starts over a folder, without a warning: %s', (path) =>
    withScratch(async (scratch) => {
      const lines: string[] = [];
      const sink: LogSink = { write: (line) => void lines.push(line), now: () => Date.now() };
      const file = join(packageRoot, path);
      const source = new Source(path, readFileSync(file, 'utf8'));
      const volumes = readVolumes(path);
      const storages = volumes
        .filter(({ type }) => type === 'storage/posix')
        .map(({ name }) => name);
      for (const name of storages) await scratch.makeFolder(name);
      const overrides = [
        ...storages.map((name) => `${name}.directory=${scratch.at(name)}`),
        ...(await compileModules(volumes, dirname(file))),
      ];
      await registry.loadTypesIn(source.text);
      const { description } = readVolfile(source, { registry, overrides });
      const context = new PumpContext({ sink, baseDir: dirname(file), wake() {} });
      const levels = { default: WARNING, volumes: new Map() };
      const graph = makeGraph(description, registry, context, levels);
      await graph.start();
      await graph.stop();
      expect(lines).toEqual([]);
    }),
  );
});
