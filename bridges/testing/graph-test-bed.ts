/**
 * Runs the host's side of a test in any language: the graphs that the test makes, its operations, and
 * one clock for all graphs. `verbs` lists the messages of a test.
 */

import { type Caller, connect, Driver, FopError, RequestStack } from '../../runtime/api/driver.ts';
import { Files } from '../../runtime/api/files.ts';
import type { Client } from '../../runtime/core/client.ts';
import { EOPNOTSUPP } from '../../runtime/core/errno.ts';
import { GraphError } from '../../runtime/core/errors.ts';
import {
  FLOCK_FIELDS,
  IATT_FIELDS,
  LEASE_FIELDS,
  STATVFS_FIELDS,
} from '../../runtime/core/gen/fields.gen.ts';
import { Links, makeRefusingFop } from '../../runtime/core/gen/fops.gen.ts';
import { Graph } from '../../runtime/core/graph.ts';
import { DEBUG } from '../../runtime/core/log.ts';
import { isUpcall } from '../../runtime/core/upcall.ts';
import { VirtualClock } from '../../runtime/core/virtual-clock.ts';
import type { Child, Translator, VolumeSpec, Xlator } from '../../runtime/core/xlator.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { MessageError } from '../host/crossing/message.ts';
import { type ParsedLine, parseLine } from './log-lines.ts';
import { operations } from './operations.ts';
import { StorageWatch } from './storage-watch.ts';
import { optionsSource } from './subject-options.ts';
import { type BedSettings, TestContext } from './test-context.ts';
import type { CallResult } from './tests.ts';
import { encodeUpcall, reportChange } from './upcalls.ts';
import type { Plain } from './values.ts';

/** The volume of the module under test. */
const SUBJECT = 'test';

interface GraphSettings {
  readonly module: string;
  readonly options: Readonly<Record<string, string>>;
  readonly children: number;
  /** Children that are down when the graph starts. */
  readonly down: readonly number[];
}

/** The end of the error of a storage, such as a file system by path. */
const REFUSES_CHILDREN = / (has no subvolumes|takes 0 subvolumes, not 1)$/;

/** The umask of a test's operations. */
const UMASK = 0o022;

/** Milliseconds of the test's clock that a graph may take to come up. */
const UP_TIMEOUT_MS = 30_000;

/** A graph of a test, with what it has recorded. */
interface TestedGraph {
  readonly graph: Graph;
  readonly watches: readonly StorageWatch[];
  readonly client: Client;
  /** Further clients, by number. */
  readonly clients: Map<number, Client>;
  log: ParsedLine[];
  /** Upcalls that left the top of the graph. */
  upcalls: Plain[];
}

type TestMessage = readonly Plain[];

export class GraphTestBed {
  readonly clock = new VirtualClock();
  /** Results that the test has not received. */
  readonly results: CallResult[] = [];
  /** Operations that take real time: graphs that start or stop. */
  busyCount = 0;
  /** Every line of the log of the graphs since the last `reset`. */
  readonly history: ParsedLine[] = [];
  private readonly settings: BedSettings;
  private readonly testedGraphs = new Map<number, TestedGraph>();
  /** Running calls by their numbers, with the latest request of an operation. */
  private readonly calls = new Map<number, RequestStack | null>();
  private lastGraphNumber = 0;

  constructor(settings: BedSettings) {
    this.settings = settings;
  }

  /** Runs a test's message; returns JSON. @throws {Error} whose message is for the test. */
  call(message: string): string {
    const [verb, ...rest] = JSON.parse(message) as Plain[];
    const handle = this.verbs[String(verb)];
    if (handle === undefined) throw new MessageError(`${verb}: no such request`);
    return JSON.stringify(handle(rest) ?? null);
  }

  /** Describes requests without a reply, as text for people. */
  listPending(): string[] {
    return [...this.testedGraphs.values()].flatMap((testedGraph) => describePending(testedGraph));
  }

  /** Stops the graphs of a test, and forgets its calls and log. */
  async reset(): Promise<void> {
    const openGraphs = [...this.testedGraphs.values()];
    this.testedGraphs.clear();
    for (const testedGraph of openGraphs) await stopGraph(testedGraph);
    this.results.length = 0;
    this.calls.clear();
    this.history.length = 0;
  }

  /**
   * The handlers of a test's messages (`call`), by verb. If the verb is followed by a number `n`, the test
   * gets the result (→) later, under that number:
   *
   *   ["graph", n, {module, options, children, down}]   → the graph's number, once it is up; at once if
   *                                                 children are down
   *   ["do", n, graph, child, caller, operation, …arguments]   child -1 is the top; see operations.ts
   *   ["close", n, graph]                           → requests without a reply
   *   ["sleep", n, seconds]                         → null, after that time
   *   ["interrupt", n]                              interrupts the caller of request n
   *   ["advance", seconds]   ["now"]                the clock; in seconds
   *   ["fields"]                                    names of the fields of an iatt and so on
   *   ["asked", graph, child, fop]                  requests at the storage: [{fop, path, args}]
   *   ["clear", graph]                              clears those, and the log
   *   ["fail", graph, child, fop, errno, path, times]   fails requests; fop and path null for any
   *   ["leave_errno", graph, child, fop, errno]     replies of success carry this errno
   *   ["mend", graph, child]                        fails no further requests, and leaves no errno
   *   ["hold", graph, child, fop]                   holds requests
   *   ["release", graph, child, path]               releases them; path null for all, and holds no more
   *   ["invalidated", graph]                        invalidations: [{what, path, data, expire}]
   *   ["changed", graph, child, path]               the storage sends an UPCALL about the path
   *   ["up", graph, child, isUp]                    the storage sends CHILD_UP or CHILD_DOWN
   *   ["isUp", graph]                               true if the top is up
   *   ["connect", graph, uid]                       connects a client; its number, for `caller.client`
   *   ["disconnect", graph, client]                 disconnects it; 0 is the graph's first
   *   ["log", graph]                                [[level, file, line, function, text]]
   *
   * `child` null stands for all children.
   */
  private readonly verbs: Readonly<Record<string, (args: TestMessage) => Plain | undefined>> = {
    graph: ([call, settings]) =>
      this.runLater(call, () => this.startGraph(settings as unknown as GraphSettings)),
    do: ([call, graph, child, caller, operation, ...args]) =>
      this.runLater(
        call,
        () => this.runOperation({ call, graph, child, caller }, operation, args),
        false,
      ),
    close: ([call, graph]) => this.runLater(call, () => this.close(graph)),
    sleep: ([call, seconds]) =>
      this.runLater(
        call,
        () =>
          new Promise((resolve) => {
            this.clock.after((seconds as number) * 1000, () => resolve(null));
          }),
        false,
      ),
    interrupt: ([call]) => {
      this.calls.get(call as number)?.interrupt();
    },
    advance: ([seconds]) => this.advance(seconds as number),
    now: () => this.clock.now / 1000,
    fields: () => FIELDS,
    asked: ([graph, child, fop]) =>
      this.selectWatches(graph, child).flatMap(({ requests }) =>
        requests
          .filter((request) => fop === null || request.fop === fop)
          .map((request) => ({ ...request })),
      ),
    clear: ([graph]) => {
      const testedGraph = this.getTestedGraph(graph);
      testedGraph.log = [];
      testedGraph.upcalls = [];
      for (const watch of testedGraph.watches) watch.requests = [];
    },
    fail: ([graph, child, fop, errno, path, times]) => {
      for (const { failRules } of this.selectWatches(graph, child)) {
        failRules.push({
          fop: fop as string | null,
          path: path as string | null,
          errno: errno as number,
          times: (times as number | null) ?? Number.POSITIVE_INFINITY,
        });
      }
    },
    leave_errno: ([graph, child, fop, errno]) => {
      for (const { leftErrnos } of this.selectWatches(graph, child))
        leftErrnos.set(fop as string, errno as number);
    },
    mend: ([graph, child]) => {
      for (const watch of this.selectWatches(graph, child)) {
        watch.failRules = [];
        watch.leftErrnos.clear();
      }
    },
    hold: ([graph, child, fop]) => {
      for (const watch of this.selectWatches(graph, child)) watch.hold(fop as string | null);
    },
    release: ([graph, child, path]) => {
      for (const watch of this.selectWatches(graph, child)) watch.release(path as string | null);
    },
    invalidated: ([graph]) => [...this.getTestedGraph(graph).upcalls],
    changed: ([graph, child, path]) => {
      reportChange(this.getTestedGraph(graph).graph, (child as number | null) ?? 0, path as string);
    },
    up: ([graph, child, isUp]) => {
      const { graph: runningGraph } = this.getTestedGraph(graph);
      this.selectWatches(graph, child).forEach((watch, at) => {
        const xl = runningGraph.xlators.find(({ name }) => name === `child${child ?? at}`)!;
        watch.setUp(xl, isUp as boolean);
      });
    },
    connect: ([graph, uid]) => {
      const { client: firstClient, clients } = this.getTestedGraph(graph);
      const client = firstClient.initiator.connect((uid as string | null) ?? undefined);
      clients.set(client.id, client);
      return client.id;
    },
    disconnect: ([graph, client]) => void this.getClient(graph, client).disconnect(),
    isUp: ([graph]) => this.getTestedGraph(graph).graph.isUp,
    log: ([graph]) => this.getTestedGraph(graph).log.map((line) => [...line]),
  };

  /**
   * Runs an action whose result the test gets later.
   * @param isBusy true if it takes real time, in which the clock must not advance
   */
  private runLater(
    call: Plain | undefined,
    action: () => Promise<Plain>,
    isBusy = true,
  ): undefined {
    const number = call as number;
    this.calls.set(number, null);
    if (isBusy) this.busyCount += 1;
    const deliver = (result: object): void => {
      if (isBusy) this.busyCount -= 1;
      this.calls.delete(number);
      this.results.push({ call: number, result: JSON.stringify(result) });
    };
    action().then(
      (ok) => deliver({ ok }),
      (error) => deliver(describeFailure(error)),
    );
  }

  private async startGraph({ module, options, children, down }: GraphSettings): Promise<Plain> {
    const log: ParsedLine[] = [];
    let testedGraph: TestedGraph | undefined;
    const context = new TestContext(this.clock, this.settings, (text) => {
      const line = parseLine(text);
      if (line === undefined) return;
      this.history.push(line);
      (testedGraph?.log ?? log).push(line);
    });
    let watches = Array.from({ length: children }, (_, at) => new StorageWatch(down.includes(at)));
    const subject = await this.settings.findTranslator(module, this.settings.baseDir, options);
    const start = async (): Promise<Graph> => {
      const specs = makeSpecs(subject, watches);
      const started = new Graph(specs, context, { default: DEBUG, volumes: new Map() });
      await started.start();
      return started;
    };
    const graph = await start().catch((error: Error) => {
      if (children !== 1 || !REFUSES_CHILDREN.test(error.message)) throw error;
      watches = [];
      log.length = 0;
      return start();
    });
    if (down.length === 0) await this.waitUntilUp(graph);
    // A test would not show a warning about an option, so it is an error.
    const optionWarning = log.find(([, , , , text]) => text.startsWith(optionsSource(module)));
    if (optionWarning !== undefined) {
      await graph.stop();
      throw new MessageError(optionWarning[4]);
    }
    this.settings.onGraphStarted?.(graph);
    const client = connect(graph, 'test');
    const newTestedGraph: TestedGraph = {
      graph,
      watches,
      client,
      clients: new Map(),
      log,
      upcalls: [],
    };
    client.initiator.listen((event, data) => {
      if (event === 'UPCALL' && isUpcall(data)) newTestedGraph.upcalls.push(encodeUpcall(data));
    });
    testedGraph = newTestedGraph;
    this.lastGraphNumber += 1;
    this.testedGraphs.set(this.lastGraphNumber, testedGraph);
    return this.lastGraphNumber;
  }

  /** Waits until the graph is up; advances the clock, as a module may wait for a timer. */
  private async waitUntilUp(graph: Graph): Promise<void> {
    // The runner advances the clock only while no work takes real time.
    this.busyCount -= 1;
    try {
      await graph.awaitUp(UP_TIMEOUT_MS);
    } catch (error) {
      await graph.stop();
      throw error;
    } finally {
      this.busyCount += 1;
    }
  }

  /** Runs an operation (operations.ts) on the graph's top, or on one storage. */
  private async runOperation(
    target: Readonly<Record<'call' | 'graph' | 'child' | 'caller', Plain | undefined>>,
    operation: Plain | undefined,
    args: TestMessage,
  ): Promise<Plain> {
    const { graph } = this.getTestedGraph(target.graph);
    const caller = target.caller as unknown as Caller & { readonly client?: number };
    const client = this.getClient(target.graph, caller.client ?? 0);
    const operate = operations[String(operation)];
    if (operate === undefined) throw new MessageError(`${operation}: no such operation`);
    const links =
      target.child === -1 ? graph.links : makeStorageLinks(graph, target.child as number);
    const driver = new Driver(client, caller, {
      links,
      onRequest: (call) => void this.calls.set(target.call as number, call),
    });
    return operate(new Files(driver.steps, { umask: UMASK }), args);
  }

  private async close(graph: Plain | undefined): Promise<Plain> {
    const testedGraph = this.getTestedGraph(graph);
    const pending = describePending(testedGraph);
    this.testedGraphs.delete(graph as number);
    await stopGraph(testedGraph);
    return pending;
  }

  private advance(seconds: number): undefined {
    if (!(seconds >= 0)) throw new MessageError('time goes forward only');
    this.clock.advanceTo(this.clock.now + seconds * 1000);
  }

  private getTestedGraph(graph: Plain | undefined): TestedGraph {
    const testedGraph = this.testedGraphs.get(graph as number);
    if (testedGraph === undefined) throw new MessageError('the graph is closed');
    return testedGraph;
  }

  private getClient(graph: Plain | undefined, number: Plain | undefined): Client {
    const { client, clients } = this.getTestedGraph(graph);
    const selected = number === 0 ? client : clients.get(number as number);
    if (selected?.connected !== true) throw new MessageError('the client has disconnected');
    return selected;
  }

  private selectWatches(
    graph: Plain | undefined,
    child: Plain | undefined,
  ): readonly StorageWatch[] {
    const { watches } = this.getTestedGraph(graph);
    if (child === null || child === undefined) return watches;
    const watch = watches[child as number];
    if (watch === undefined) throw new MessageError(`the graph has no child ${child}`);
    return [watch];
  }
}

/** The field names of structures that are sent as lists. */
const FIELDS: { [kind: string]: Plain } = {
  iatt: IATT_FIELDS,
  statvfs: STATVFS_FIELDS,
  flock: FLOCK_FIELDS,
  lease: LEASE_FIELDS,
};

/** Lists the graph's volumes: each storage with its watch, the module on top. */
function makeSpecs(
  subject: Pick<VolumeSpec, 'translator' | 'options'>,
  watches: readonly StorageWatch[],
): VolumeSpec[] {
  // A list of volumes has translators with different states.
  const eraseType = (translator: unknown): Translator<unknown> => translator as Translator<unknown>;
  const storages = watches.flatMap((watch, at) => [
    { name: `storage${at}`, translator: eraseType(memory), options: [], subvolumes: [] },
    {
      name: `child${at}`,
      translator: eraseType(watch.translator),
      options: [],
      subvolumes: [`storage${at}`],
    },
  ]);
  const subvolumes = watches.map((_, at) => `child${at}`);
  return [...storages, { name: SUBJECT, subvolumes, ...subject }];
}

/** Makes the links to a storage that bypass its watch, for operations that are not recorded. */
function makeStorageLinks({ xlators }: Graph, child: number): Child {
  const storage = xlators.find(({ name }) => name === `storage${child}`) as Xlator | undefined;
  if (storage === undefined) throw new MessageError(`the graph has no child ${child}`);
  return new Links((name) => ({
    xl: storage,
    fop: (storage.fops[name] as never) ?? makeRefusingFop(name, EOPNOTSUPP),
  }));
}

async function stopGraph({ graph, watches, client }: TestedGraph): Promise<void> {
  for (const watch of watches) watch.release();
  client.initiator.close();
  await graph.stop();
}

/** Describes requests without a reply, as text for people. */
function describePending({ client, watches }: TestedGraph): string[] {
  const heldNumbers = new Set(
    watches.flatMap((watch) => watch.heldRequests.map(({ unique }) => unique)),
  );
  const calls = client.initiator.calls.list().filter((call) => call instanceof RequestStack);
  return calls.map(({ fop, path, unique }) => {
    const request = path === null ? fop : `${fop} of ${path}`;
    return heldNumbers.has(unique) ? `${request} (held back below)` : request;
  });
}

function describeFailure(error: unknown): object {
  if (error instanceof FopError) return { errno: error.errno, message: error.message };
  if (error instanceof GraphError) return { error: error.problems.join('\n') };
  if (error instanceof MessageError) return { error: error.message };
  return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
