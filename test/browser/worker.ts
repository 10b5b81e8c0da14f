/**
 * The program of the page's worker: runs graphs with modules and sends their outcomes to the test.
 */
import {
  browserMachine,
  fetchParts,
  type Graph,
  startGraph,
  Volume,
} from '../../bridges/browser.ts';
import type { Machine } from '../../bridges/host/machine.ts';

/** The outcome of a graph. */
export interface Outcome {
  /** The outcome of each step. */
  readonly steps: readonly string[];
  /** LOOKUPs that the storage has seen. */
  readonly lookups: number;
  readonly log: readonly string[];
}

export interface ModuleRun {
  /** The file of the module in `/examples`. */
  readonly module: string;
  /** More options of its volume. */
  readonly options?: Readonly<Record<string, string>>;
  /** `lookup NAME` or `mkdir NAME`; `volume NAME` writes and reads a file by the interface. */
  readonly steps: readonly string[];
}

/** The storage, counters above it, and the module on top. */
const renderVolfile = ({ module, options = {} }: ModuleRun): string => `
volume disk
    type storage/memory
end-volume
volume seen
    type debug/io-stats
    option count-fop-hits on
    subvolumes disk
end-volume
volume top
    type features/glupy
    option module-name ${module}
    option module-path /examples
${Object.entries(options)
  .map(([key, value]) => `    option ${key} ${value}`)
  .join('\n')}
    subvolumes seen
end-volume
`;

async function step(volume: Volume, text: string): Promise<string> {
  const [verb, name] = text.split(' ') as [string, string];
  try {
    if (verb === 'volume') {
      await volume.writeFile(`/${name}`, 'text of ');
      volume.fs.appendFileSync(`/${name}`, name);
      return (await volume.readFile(`/${name}`, 'utf8')) + (await volume.readFile(`/${name}`))[0];
    }
    if (verb === 'lookup') {
      const stats = await volume.stat(`/${name}`, { throwIfNoEntry: false });
      return stats === undefined ? 'ENOENT' : 'found';
    }
    await volume.mkdir(`/${name}`);
    return 'made';
  } catch (error) {
    return (error as Error).message;
  }
}

function countLookups(graph: Graph): number {
  const counter = graph.xlators.find(({ name }) => name === 'seen')!;
  return Number(counter.translator.dump!(counter)['LOOKUP.hits']);
}

async function run(machine: Machine, moduleRun: ModuleRun): Promise<Outcome> {
  const log: string[] = [];
  const graph = await startGraph(renderVolfile(moduleRun), {
    machine,
    write: (line) => log.push(line),
  });
  try {
    const volume = Volume.fromGraph(graph);
    const steps: string[] = [];
    for (const each of moduleRun.steps) steps.push(await step(volume, each));
    return { steps, lookups: countLookups(graph), log };
  } finally {
    await graph.stop();
  }
}

/** A message to this worker: the modules to run, and a port for reports of endless calls. */
interface Message {
  readonly data: { readonly wanted: readonly ModuleRun[]; readonly lost: object };
}

const worker = globalThis as unknown as {
  onmessage(message: Message): void;
  postMessage(message: unknown): void;
};

async function runAll({ wanted, lost }: Message['data']): Promise<unknown> {
  const modules = await (await fetch('/modules.json')).json();
  const parts = await fetchParts('/parts');
  const machine = await browserMachine({ modules: modules as Record<string, string>, parts, lost });
  const outcomes: unknown[] = [];
  for (const each of wanted) {
    outcomes.push(await run(machine, each).catch((error: Error) => error.message));
  }
  return { outcomes };
}

worker.onmessage = ({ data }) => {
  runAll(data)
    .catch((error: Error) => ({ failed: error.stack ?? String(error) }))
    .then((outcome) => worker.postMessage(outcome));
};
