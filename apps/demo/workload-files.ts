/** Makes the files that the searches look for, through a graph in this process without a mount. */
import { dirname } from 'node:path';
import { connect, Driver, ROOT } from '../../runtime/api/driver.ts';
import { Files } from '../../runtime/api/files.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { WARNING } from '../../runtime/core/log.ts';
import { pump } from '../../runtime/pump/pump.ts';
import { makeGraph } from '../../runtime/volfile/activate.ts';
import { CONSOLE, openSink } from '../../server/log-sink.ts';
import { NodeContext } from '../../server/node-context.ts';
import { registry } from '../../server/registry.ts';
import { startOrFail, UP_TIMEOUT_S, waitUntilUp } from '../../server/start-graph.ts';
import { describeOrFail, inspectFile } from '../../server/volfiles.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { DIRECTORIES, directoryName, type Workload } from '../bench/engine/searches.ts';

/** Makes the files through the graph of a volfile, whose root is empty. @throws {Failure} */
export async function makeFiles(
  volfile: string,
  { names, directories }: Workload,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const graph = await startGraph(volfile, terminal);
  try {
    const files = new Files(new Driver(connect(graph, 'demo'), ROOT).steps);
    // As at a mount, the first lookup tells distribute the layout of the root.
    await files.stat('/');
    for (let directory = 0; directory < DIRECTORIES; directory += 1)
      await files.mkdir(directoryName(directory), 0o755);
    for (const [index, name] of names.entries()) {
      signal.throwIfAborted();
      await files.mknod(`${directoryName(directories[index]!)}/${name}`, 0o100644);
    }
  } finally {
    await graph.stop();
  }
}

/** Starts a graph in this process and waits until it is up. @throws {Failure} */
async function startGraph(volfile: string, terminal: Terminal): Promise<Graph> {
  const description = describeOrFail(await inspectFile(volfile, { registry }), terminal);
  const sink = openSink(CONSOLE, { colour: terminal.colour.err });
  const context = new NodeContext({ sink, baseDir: dirname(volfile), wake: () => pump.wake() });
  const graph = makeGraph(description, registry, context, { default: WARNING, volumes: new Map() });
  try {
    await startOrFail(graph);
    await waitUntilUp(graph, UP_TIMEOUT_S);
  } catch (error) {
    await graph.stop();
    throw error;
  }
  return graph;
}
