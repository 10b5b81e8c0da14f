/**
 * A stack without a mount, for machines where nothing can be mounted: the same graph in this
 * process, and lookups wound to its top the way a mount would.
 */
import { dirname } from 'node:path';
import { connect } from '../../runtime/api/driver.ts';
import type { Client } from '../../runtime/core/client.ts';
import { Stack } from '../../runtime/core/frame.ts';
import { wind } from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/loc.ts';
import { WARNING } from '../../runtime/core/log.ts';
import type { Cbk } from '../../runtime/core/xlator.ts';
import { pump } from '../../runtime/pump/pump.ts';
import { activate } from '../../runtime/volfile/activate.ts';
import { NodeContext } from '../../server/context.ts';
import { CONSOLE, openSink } from '../../server/log-sink.ts';
import { registry } from '../../server/registry.ts';
import { startOrFail, UP_TIMEOUT, upOrFail } from '../../server/started.ts';
import { type Statedump, statedump } from '../../server/statedump/volumes.ts';
import { describeOrFail, inspectFile } from '../../server/volfiles.ts';
import { Failure } from '../../terminal/exit.ts';
import { unlessAborted } from '../../terminal/interruption.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { DIRECTORIES, directoryName } from '../bench/engine/searches.ts';
import { type Find, namesToAsk, runSearches, warmUp } from './searches.ts';
import { lookupsIn, type Served, type ServeSettings } from './served.ts';

/** A graph in this process, which is up. @throws {Failure} */
export async function startInProcess(
  stack: ServeSettings['stack'],
  terminal: Terminal,
): Promise<Graph> {
  const overrides = [...stack.options];
  const inspection = await inspectFile(stack.volfile, { registry, overrides });
  const description = describeOrFail(inspection, terminal);
  const sink = openSink(CONSOLE, { colour: terminal.colour.err });
  const context = new NodeContext({
    sink,
    baseDir: dirname(stack.volfile),
    wake: () => pump.wake(),
  });
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

/** @throws {Failure} */
export async function serveInProcess(settings: ServeSettings, terminal: Terminal): Promise<Served> {
  const { stack, workload, counted, signal } = settings;
  // What waits for bricks when it is aborted ends with the process.
  const graph = await unlessAborted(startInProcess(stack, terminal), signal);
  const driver = new Driver(graph);
  // The timers of a graph keep no process alive.
  const alive = setInterval(() => {}, ALIVE_MS);
  let isStopped = false;
  const stop = async (): Promise<void> => {
    isStopped = true;
    clearInterval(alive);
    await graph.stop();
  };
  const directories: Inode[] = [];
  try {
    for (let directory = 0; directory < DIRECTORIES; directory += 1) {
      const name = directoryName(directory);
      const looking = Promise.resolve(driver.lookup(graph.inodes.root, name));
      const inode = await unlessAborted(looking, signal);
      if (inode === null) throw new Failure(`${name} cannot be looked up`);
      directories.push(inode);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const names = namesToAsk(workload);
  const find: Find = (directory, file) => {
    const found = driver.lookup(directories[directory]!, names[file]!);
    return found instanceof Promise ? found.then(isThere) : isThere(found);
  };
  return {
    warmUp: () => warmUp(workload, find),
    search: (round) =>
      runSearches(workload, round, find, () => {
        if (isStopped) throw new Failure('stopped');
      }),
    pids: [process.pid],
    lookups: async () => lookupsIn(JSON.parse(statedump(graph)) as Statedump, counted),
    stop,
  };
}

const ALIVE_MS = 1000;

const isThere = (inode: Inode | null): boolean => inode !== null;

/** Lookups, one after the other; most are answered before they return. */
class Driver {
  private readonly graph: Graph;
  private readonly client: Client;
  private answered = false;
  private found: Inode | null = null;
  /** Who waits for the answer that did not come at once. */
  private tell: ((found: Inode | null) => void) | null = null;

  constructor(graph: Graph) {
    this.graph = graph;
    this.client = connect(graph, 'demo');
  }

  /**
   * The inode of a name, which is then known to the graph; null when the name is absent. A promise
   * when the answer takes time.
   */
  lookup(parent: Inode, name: string): Inode | null | Promise<Inode | null> {
    const { inodes, links } = this.graph;
    const known = inodes.grep(parent, name);
    const loc = new Loc(known ?? inodes.newInode(), parent, name);
    const frame = this.client.begin(this.request());
    frame.local = loc;
    this.answered = false;
    wind.lookup(frame, 0, this.cbk, links, loc, null);
    if (this.answered) return this.found;
    return new Promise((resolve) => {
      this.tell = resolve;
    });
  }

  private request(): Stack {
    return new Stack(process.getuid?.() ?? 0, process.getgid?.() ?? 0, process.pid, 'LOOKUP');
  }

  private readonly cbk: Cbk<'lookup', unknown> = (
    frame,
    _cookie,
    _xl,
    opRet,
    _errno,
    inode,
    buf,
  ) => {
    this.client.end(frame.root);
    const { parent, name } = frame.local as Loc;
    const isFound = opRet >= 0 && inode !== null && buf !== null;
    this.found = isFound ? this.graph.inodes.link(inode, parent, name, buf) : null;
    this.answered = true;
    if (this.tell === null) return;
    // Who waits goes on in the event loop, and not after the pump has slept for what bricks may say.
    pump.wake();
    this.tell(this.found);
    this.tell = null;
  };
}
