/** Sets up the conformance suite of @zenfs/core: its `fs` is a volume over storage/memory. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Volume } from '../../runtime/api/volume.ts';
import { Graph } from '../../runtime/core/graph.ts';
import { INFO } from '../../runtime/core/log.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';

const context = {
  baseDir: '/',
  sink: { write() {}, now: () => Date.now() },
  now: () => performance.now(),
  after: (ms: number, fn: () => void) => {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
  random: (out: Uint8Array) => void crypto.getRandomValues(out),
  wake() {},
};
const specs = [{ name: 'memory', translator: memory, options: [], subvolumes: [] }];
const graph = new Graph(specs as never, context as never, { default: INFO, volumes: new Map() });
await graph.start();
export const volume = Volume.fromGraph(graph, { umask: 0 });
export const { fs } = volume;

copy(process.env.DATA!, '/');

function copy(from: string, to: string): void {
  if (to !== '/') fs.mkdirSync(to);
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (statSync(source).isDirectory()) copy(source, target);
    else fs.writeFileSync(target, readFileSync(source));
  }
}

export const flags = {};
