/** Graphs over protocol/client, without a mount, for tests with bricks. */
import { BrowserContext } from '../../bridges/machine/browser/context.ts';
import { operations } from '../../bridges/testing/operations.ts';
import distribute from '../../gluster/cluster/distribute/index.ts';
import { RETRY_DELAYS_MS } from '../../gluster/protocol/client/connection.ts';
import client from '../../gluster/protocol/client/index.ts';
import server from '../../gluster/protocol/server/index.ts';
import { type Caller, connect, Driver, ROOT_CALLER } from '../../runtime/api/driver.ts';
import { Files } from '../../runtime/api/files.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { INFO } from '../../runtime/core/log.ts';
import type { SourceRegistry } from '../../runtime/core/pump-source.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import { pump } from '../../runtime/pump/pump.ts';
import { makeGraph } from '../../runtime/volfile/make-graph.ts';
import { Registry } from '../../runtime/volfile/registry.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { readVolfile } from '../../runtime/volfile/volfile.ts';
import trace from '../../runtime/xlators/debug/trace/index.ts';
import utime from '../../runtime/xlators/features/utime/index.ts';
import posix from '../../runtime/xlators/storage/posix/index.ts';
import { performanceStack } from './performance-stack.ts';

/** The time that a graph may take to be up on a busy machine. */
const UP_MS = 120_000;
const caches = performanceStack.map(({ translator }) => translator);
const types = [client, server, posix, trace, utime, distribute, ...caches] as readonly unknown[];

type Lines = Readonly<Record<string, string>>;

export interface ClientSettings {
  /** Additional or replaced options of protocol/client. */
  readonly options?: Lines;
  /** Types of volumes above it, the lowest first, some with options. */
  readonly above?: readonly (string | readonly [type: string, options: Lines])[];
  /** True (the default) to wait until the graph is up. */
  readonly waits?: boolean;
  readonly caller?: Partial<Caller>;
}

export interface Special {
  /** True if their clocks stand still: nothing expires, and no timer fires. */
  readonly isTimeless?: boolean;
  /** Translators of the test's own. */
  readonly translators?: readonly Translator<unknown>[];
}

/** Performs an operation of modules' tests (`bridges/testing/operations.ts`) on a graph. */
export type Ask = (operation: string, ...args: readonly unknown[]) => Promise<unknown>;

export interface BrickClient {
  readonly graph: Graph;
  readonly driver: Driver;
  readonly ask: Ask;
  /** Disconnects, and stops the graph. */
  end(): Promise<void>;
}

export const renderVolume = (
  name: string,
  type: string,
  options: Lines,
  below: string | null,
): string => {
  const lines = Object.entries(options).map(([key, value]) => `  option ${key} ${value}\n`);
  const subvolumes = below === null ? '' : `  subvolumes ${below}\n`;
  return `volume ${name}\n  type ${type}\n${lines.join('')}${subvolumes}end-volume\n`;
};

/** Renders the server of a volume `brick`, for clients on this machine. */
export const renderServer = (port: number): string =>
  renderVolume(
    'server',
    'protocol/server',
    {
      'transport-type': 'tcp',
      'transport.socket.listen-port': `${port}`,
      'transport.socket.bind-address': '127.0.0.1',
      'auth.addr.brick.allow': '127.0.0.1',
    },
    'brick',
  );

/**
 * Renders cluster/distribute over bricks, by the names of their clients, for glossa and GlusterFS.
 * @param between the type of a volume that stands above each client, and has its name
 */
export function distributedVolfile(
  ports: Readonly<Record<string, number>>,
  options: Lines = {},
  between: string | null = null,
): string {
  const clients = Object.entries(ports).map(([name, port]) => {
    const lines = {
      'remote-host': '127.0.0.1',
      'remote-port': String(port),
      'remote-subvolume': 'brick',
    };
    if (between === null) return renderVolume(name, 'protocol/client', lines, null);
    const below = `${name}-client`;
    return (
      renderVolume(below, 'protocol/client', lines, null) + renderVolume(name, between, {}, below)
    );
  });
  const names = Object.keys(ports).join(' ');
  return [...clients, renderVolume('dht', 'cluster/distribute', options, names)].join('\n');
}

/** Renders a volume and those above it, the lowest first, named `c0`, `c1` and so on. */
function renderStack(type: string, options: Lines, above: ClientSettings['above'] = []): string {
  const volumes = [
    renderVolume('c0', type, options, null),
    ...above.map((each, at) => {
      const [type, lines] = typeof each === 'string' ? [each, {}] : each;
      return renderVolume(`c${at + 1}`, type, lines, `c${at}`);
    }),
  ];
  return volumes.join('\n');
}

/** Renders a client of the brick at a port of this machine, for glossa and GlusterFS. */
export function clientVolfile(port: number, { options, above }: ClientSettings = {}): string {
  const own = { 'remote-host': '127.0.0.1', 'remote-port': String(port) };
  const all = { ...own, 'remote-subvolume': 'brick', ...options };
  return renderStack('protocol/client', all, above);
}

/** The clients of one test. */
export class BrickClients {
  /** The log lines of all clients. */
  readonly log: string[] = [];
  private readonly clients: BrickClient[] = [];
  private readonly sources: SourceRegistry | null;
  private readonly retryMs: number;
  private readonly isTimeless: boolean;
  private readonly registry: Registry;

  /**
   * @param sources the server of their sockets; null for Node's event loop
   * @param retryMs the longest pause between two attempts to connect
   */
  constructor(
    sources: SourceRegistry | null = pump,
    retryMs = Infinity,
    { isTimeless = false, translators = [] }: Special = {},
  ) {
    this.sources = sources;
    this.retryMs = retryMs;
    this.isTimeless = isTimeless;
    this.registry = new Registry([...types, ...translators] as never);
  }

  /** Starts a client of the brick at a port of this machine. */
  open(port: number, settings: ClientSettings = {}): Promise<BrickClient> {
    return this.start(clientVolfile(port, settings), settings);
  }

  /** Starts a graph over a folder itself, without a brick. */
  openFolder(directory: string, settings: ClientSettings = {}): Promise<BrickClient> {
    return this.start(renderStack('storage/posix', { directory }, settings.above), settings);
  }

  /** Starts a client of several bricks together, as `distributedVolfile` describes. */
  openDistributed(
    ports: Readonly<Record<string, number>>,
    options: Lines = {},
    between: string | null = null,
  ): Promise<BrickClient> {
    return this.start(distributedVolfile(ports, options, between));
  }

  /** Starts the graph of a whole volfile. */
  async start(
    text: string,
    { waits = true, caller = {} }: ClientSettings = {},
  ): Promise<BrickClient> {
    const { isTimeless, log, registry, retryMs } = this;
    const { description } = readVolfile(new Source('client.vol', text), { registry });
    const context = new BrowserContext((line) => void log.push(line));
    const since = context.now();
    const fastContext = Object.assign(Object.create(context) as BrowserContext, {
      sourcePump: this.sources ?? undefined,
      wake: () => pump.wake(),
      after: (ms: number, fn: () => void) =>
        isTimeless
          ? () => {}
          : context.after(RETRY_DELAYS_MS.includes(ms) ? Math.min(ms, retryMs) : ms, fn),
      ...(isTimeless ? { now: () => since } : {}),
    });
    const graph = makeGraph(description, registry, fastContext, {
      default: INFO,
      volumes: new Map(),
    });
    await graph.start();
    const asker = connect(graph, 'test');
    const driver = new Driver(asker, { ...ROOT_CALLER, pid: 4242, ...caller });
    const files = new Files(driver.steps, { umask: 0o022 });
    let isEnded = false;
    const client: BrickClient = {
      graph,
      driver,
      ask: async (operation, ...args) => operations[operation]!(files, args as never),
      async end() {
        if (isEnded) return;
        isEnded = true;
        asker.disconnect();
        await graph.stop();
      },
    };
    this.clients.push(client);
    if (waits) await graph.awaitUp(UP_MS);
    return client;
  }

  async end(): Promise<void> {
    for (const each of this.clients) await each.end();
  }
}

/** Converts a text to bytes in the form of operations. */
export const bytes = (text: string): readonly ['bytes', string] => ['bytes', text];
