/** Sets up the conformance suite of @zenfs/core: its `fs` is a volume over storage/memory. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Volume } from '../../dist/runtime/api/volume.js';
import { Graph } from '../../dist/runtime/core/graph.js';
import { INFO } from '../../dist/runtime/core/log.js';
import memory from '../../dist/runtime/xlators/storage/memory/index.js';

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
