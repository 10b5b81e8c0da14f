import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NodeContext } from '../runtime/cli/context.ts';
import { registry } from '../runtime/cli/registry.ts';
import { type LogSink, WARNING } from '../runtime/core/log.ts';
import { activate } from '../runtime/graph/activate.ts';
import { Source } from '../runtime/graph/source.ts';
import { readVolfile } from '../runtime/graph/volfile.ts';
import { packageRoot } from '../runtime/sys/paths.ts';
import { withScratch } from './support/mount.ts';
import { volfiles } from './support/volfiles.ts';

describe('volfiles', () => {
  it.each(volfiles)('%s starts over a folder, without a warning', (path) =>
    withScratch(async ({ path: folder }) => {
      const lines: string[] = [];
      const sink: LogSink = { write: (line) => void lines.push(line), now: () => Date.now() };
      const file = join(packageRoot, path);
      const source = new Source(path, readFileSync(file, 'utf8'));
      const storage = readVolfile(source).description.volumes[0]!.name.text;
      const overrides = [`${storage}.directory=${folder}`];
      const { description } = readVolfile(source, { registry, overrides });
      const context = new NodeContext({ sink, baseDir: dirname(file), wake() {} });
      const levels = { default: WARNING, volumes: new Map() };
      const graph = activate(description, registry, context, levels);
      await graph.start();
      await graph.stop();
      expect(lines).toEqual([]);
    }),
  );
});
