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
import { NodeContext } from '../server/node-context.ts';
import { registry } from '../server/registry.ts';
import { withScratch } from './support/mount.ts';
import { canCompile, compile, libraryFolder } from './support/native.ts';
import { compileRust, rustCompiler } from './support/rust.ts';
import { volfiles } from './support/volfiles.ts';

/** Options that lead to modules compiled from the sources beside the volfile. */
function compileModules(volumes: readonly PlainVolume[], folder: string): string[] {
  return volumes.flatMap(({ name, options }) => {
    const path = new Map(options).get('module-path');
    const module = new Map(options).get('module-name');
    if (module?.endsWith('.wasm')) {
      const source = join(folder, module.replace(/wasm$/, 'rs'));
      compileRust(source, join(libraryFolder(), module));
      return [`${name}.module-path=${libraryFolder()}`];
    }
    if (!path?.endsWith('.so')) return [];
    const source = join(folder, path.replace(/so$/, 'c'));
    return [`${name}.module-path=${compile(source, join(libraryFolder(), path))}`];
  });
}

/** Clients want a brick, and bricks a port: the READMEs of those have tests. */
const isRemote = (path: string): boolean =>
  readFileSync(join(packageRoot, path), 'utf8').includes('type protocol/');

const startable = volfiles.filter(
  (path) =>
    !isRemote(path) &&
    (canCompile || !path.includes('/c/')) &&
    (rustCompiler !== '' || !path.includes('/rust/')),
);

describe('a volfile of the repository', () => {
  it.each(startable)('starts over a folder, without a warning: %s', (path) =>
    withScratch(async (scratch) => {
      const lines: string[] = [];
      const sink: LogSink = { write: (line) => void lines.push(line), now: () => Date.now() };
      const file = join(packageRoot, path);
      const source = new Source(path, readFileSync(file, 'utf8'));
      const storages = toPlainVolumes(readVolfile(source).description)
        .filter(({ type }) => type === 'storage/posix')
        .map(({ name }) => name);
      for (const name of storages) await scratch.makeFolder(name);
      const overrides = [
        ...storages.map((name) => `${name}.directory=${scratch.at(name)}`),
        ...compileModules(toPlainVolumes(readVolfile(source).description), dirname(file)),
      ];
      await registry.loadTypesIn(source.text);
      const { description } = readVolfile(source, { registry, overrides });
      const context = new NodeContext({ sink, baseDir: dirname(file), wake() {} });
      const levels = { default: WARNING, volumes: new Map() };
      const graph = makeGraph(description, registry, context, levels);
      await graph.start();
      await graph.stop();
      expect(lines).toEqual([]);
    }),
  );
});
