/** The files that the workload searches, made through a graph in this process, which is never mounted. */
import { dirname } from 'node:path';
import { connect, Driver, type Found, NOBODY } from '../../runtime/api/driver.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { WARNING } from '../../runtime/core/log.ts';
import { pump } from '../../runtime/pump/pump.ts';
import { activate } from '../../runtime/volfile/activate.ts';
import { NodeContext } from '../../server/context.ts';
import { CONSOLE, openSink } from '../../server/log-sink.ts';
import { registry } from '../../server/registry.ts';
import { startOrFail, UP_TIMEOUT, upOrFail } from '../../server/started.ts';
import { describeOrFail, inspectFile } from '../../server/volfiles.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { DIRECTORIES, directoryName, type Workload } from '../bench/engine/searches.ts';

/** Through the stack of a volfile, whose root is empty. @throws {Failure} */
export async function fill(
  volfile: string,
  { names, homes }: Workload,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const graph = await startGraph(volfile, terminal);
  try {
    const driver = new Driver(connect(graph, 'demo'), NOBODY);
    await driver.find('/');
    const directories: Inode[] = [];
    for (let at = 0; at < DIRECTORIES; at += 1) {
      const { inode } = await makeDirectory(driver, directoryName(at));
      directories.push(inode);
    }
    for (const [file, name] of names.entries()) {
      signal.throwIfAborted();
      const loc = driver.newLoc({ parent: directories[homes[file]!]!, name });
      await driver.expect('mknod', loc, 0o100644, 0, 0, driver.gfidRequest());
    }
  } finally {
    await graph.stop();
  }
}

async function makeDirectory(driver: Driver, name: string): Promise<Found> {
  const place = { parent: driver.root, name };
  const loc = driver.newLoc(place);
  const { values } = await driver.expect('mkdir', loc, 0o755, 0, driver.gfidRequest());
  const [inode, buf] = values as [Inode | null, Iatt | null];
  return driver.keep(place, inode, buf);
}

/** A graph in this process, which is up. @throws {Failure} */
async function startGraph(volfile: string, terminal: Terminal): Promise<Graph> {
  const description = describeOrFail(await inspectFile(volfile, { registry }), terminal);
  const sink = openSink(CONSOLE, { colour: terminal.colour.err });
  const context = new NodeContext({ sink, baseDir: dirname(volfile), wake: () => pump.wake() });
  const graph = activate(description, registry, context, { default: WARNING, volumes: new Map() });
  try {
    await startOrFail(graph);
    await upOrFail(graph, UP_TIMEOUT);
  } catch (error) {
    await graph.stop();
    throw error;
  }
  return graph;
}
