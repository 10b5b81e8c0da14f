/** A graph of the playground that runs, and what is done with it. */
import {
  type Call,
  type Caller,
  connect,
  Driver,
  type DriverSettings,
} from '../../../runtime/api/driver.ts';
import type { Client } from '../../../runtime/core/client.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import type { VirtualClock } from '../../../runtime/core/virtual-clock.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { DIRECTORIES, directoryName } from '../../bench/engine/searches.ts';
import { letTimePass, UNANSWERED } from './context.ts';
import { Counts } from './counts.ts';
import { Distance } from './distance.ts';
import type { PlayVolume, Ran } from './protocol.ts';
import { Shell, type ShellResult } from './shell/index.ts';
import { recordTraffic } from './traffic.ts';

const KILLED = 137;
const CALLER: Caller = { uid: 0, gid: 0, pid: 1, groups: [] };

export class Running {
  readonly volumes: readonly PlayVolume[];
  private readonly graph: Graph;
  private readonly clock: VirtualClock;
  private readonly log: string[];
  private readonly client: Client;
  private readonly distance: Distance;
  private readonly counts = new Counts();
  /** Milliseconds that a line has slept. */
  private slept = 0;

  /** @param log where its lines are put */
  constructor(graph: Graph, clock: VirtualClock, log: string[], distanceMs: number) {
    this.graph = graph;
    this.clock = clock;
    this.log = log;
    this.client = connect(graph, 'shell');
    this.distance = new Distance(distanceMs);
    this.volumes = graph.xlators.map(({ name, type, childNames }) => ({
      name,
      type,
      subvolumes: [...childNames],
    }));
    graph.intercept(this.distance);
    graph.observe(this.counts);
  }

  setDistance(distanceMs: number): void {
    this.distance.ms = distanceMs;
  }

  /**
   * What the storage has at first, and what these lines made of it.
   * @returns whether all of it was answered
   */
  async makeAgain(journal: readonly string[]): Promise<boolean> {
    const tree = Array.from({ length: DIRECTORIES }, (_, directory) => {
      const folder = `/${directoryName(directory)}`;
      return `mkdir ${folder}; touch ${folder}/file00${directory}.php`;
    });
    const done = await this.aside(async (settings) => {
      const shell = this.shellFor(settings);
      for (const line of [...tree, ...journal]) await shell.run(line);
      return true;
    });
    return done !== UNANSWERED;
  }

  /**
   * Does something that is no request of the learner's, at no distance, and past the volumes where it
   * is clear what is below them.
   */
  private async aside<R>(
    what: (settings: DriverSettings) => Promise<R>,
  ): Promise<R | typeof UNANSWERED> {
    const { distance, graph, clock, counts } = this;
    const { ms } = distance;
    const leaves = graph.xlators.filter(({ below }) => below.length === 0);
    const only = leaves.length === 1 ? leaves[0] : undefined;
    distance.ms = 0;
    counts.counting = false;
    try {
      const settings = only === undefined ? {} : { links: graph.linksTo(only) };
      this.slept = 0;
      return await letTimePass(clock, what(settings), () => this.slept);
    } finally {
      distance.ms = ms;
      counts.counting = true;
    }
  }

  private shellFor(settings: DriverSettings): Shell {
    return new Shell(new Driver(this.client, CALLER, settings), (ms) => {
      this.slept += ms;
      return new Promise((done) => void this.clock.after(ms, done));
    });
  }

  async run(line: string): Promise<Ran> {
    const { graph, clock, counts } = this;
    const recording = recordTraffic(graph);
    const endRecording = graph.observe(recording.recorder);
    const before = clock.now;
    this.slept = 0;
    this.log.length = 0;
    counts.changed = false;
    const asked: Call[] = [];
    const shell = this.shellFor({ onRequest: (call) => void asked.push(call) });
    const result = await letTimePass(clock, shell.run(line), () => this.slept);
    endRecording();
    counts.waited(clock.now - before - this.slept);
    return {
      ...(result === UNANSWERED ? unanswered(asked.at(-1), graph.top) : result),
      recording: recording.bytes(),
      log: this.log.splice(0),
      counters: counts.counters,
      journal: counts.changed ? line : null,
    };
  }

  async complete(line: string): Promise<readonly string[]> {
    const found = await this.aside((settings) => this.shellFor(settings).complete(line));
    return found === UNANSWERED ? [] : found;
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await this.graph.stop();
  }
}

/** What a line comes to whose request nobody answers. */
function unanswered(call: Call | undefined, top: Xlator): ShellResult {
  call?.interrupt();
  const what = call === undefined ? 'a request' : `${call.fop} of ${call.path}`;
  const output = `${what} was never answered: a volume below '${top.name}', or it, neither answers nor winds`;
  return { output: [{ text: output, isError: true }], status: KILLED };
}
