/**
 * Runs the playground without its page: makes a graph of texts, runs shell lines over it, and
 * records the requests of each line. It runs in a browser's worker and in Node.
 *
 *   const runtime = await PlaygroundRuntime.open(parts);
 *   await runtime.start({ texts: { '/graph.vol': '…' }, distanceMs: 1.4, journal: [] });
 *   const { output, recording } = await runtime.run('ls -l /');
 */
import { browserRegistry } from '../../../bridges/browser.ts';
import type { Machine } from '../../../bridges/host/machine.ts';
import { browserMachine } from '../../../bridges/machine/browser/index.ts';
import type { PartBytes } from '../../../bridges/machine/browser/parts.ts';
import { makeSources } from '../../../bridges/machine/browser/sources.ts';
import { makeOptions } from '../../../bridges/testing/subject-options.ts';
import { GraphError } from '../../../runtime/core/errors.ts';
import { INFO } from '../../../runtime/core/log.ts';
import { VirtualClock } from '../../../runtime/core/virtual-clock.ts';
import { makeGraph, type Registry } from '../../../runtime/volfile/make-graph.ts';
import { Source } from '../../../runtime/volfile/source.ts';
import { inspectVolfile } from '../../../runtime/volfile/volfile.ts';
import { judgeModule } from '../../course/judge.ts';
import { checks } from '../../course/lessons/index.ts';
import { PlayContext, runInRealTime } from './play-context.ts';
import { locateProblem, toProblem } from './problem-positions.ts';
import type {
  JudgeRequest,
  JudgeResult,
  LineResult,
  Problem,
  StartRequest,
  StartResult,
  Texts,
} from './protocol.ts';
import { RunningGraph } from './running-graph.ts';
import { VOLFILE } from './share-fragment.ts';
import { CheckTraffic } from './traffic.ts';

/** Time limit of a start in real time: Python takes seconds on a slow machine. */
const UP_TIMEOUT_MS = 60_000;

/** Thrown when no graph runs to answer a question. */
export class NoGraphError extends Error {
  readonly code = 'GLOSSA_PLAY';

  constructor() {
    super('no graph runs: what is wrong with the volfile or a module comes first');
  }
}

export class PlaygroundRuntime {
  private readonly machine: Machine;
  private running: RunningGraph | null = null;

  /** @param machine runs the interpreters; its own source files are unused, as modules are texts */
  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** Opens a playground in a browser. @param lost as in `browserMachine` */
  static async open(parts: PartBytes, lost?: object): Promise<PlaygroundRuntime> {
    return new PlaygroundRuntime(
      await browserMachine({ modules: {}, parts, ...(lost && { lost }) }),
    );
  }

  /** Starts a graph, which replaces the running one; if it does not start, the old one goes on. */
  async start({ texts, distanceMs, journal }: StartRequest): Promise<StartResult> {
    const log: string[] = [];
    const problems: Problem[] = [];
    const running = await this.tryToStart(texts, distanceMs, log, problems);
    if (running === null) {
      return { volumes: this.running?.volumes ?? [], problems, runs: false, log };
    }
    if (!(await running.restore(journal))) {
      const text = 'what the storage held is not all there again: a request was never answered';
      problems.push(locateProblem(text, 'warning', texts));
    }
    const previous = this.running;
    this.running = running;
    await previous?.stop();
    return { volumes: running.volumes, problems, runs: true, log: log.splice(0) };
  }

  /** Starts a graph. @returns null if it does not start; the reasons are then in `problems` */
  private async tryToStart(
    texts: Texts,
    distanceMs: number,
    log: string[],
    problems: Problem[],
  ): Promise<RunningGraph | null> {
    const { [VOLFILE]: volfile, ...modules } = texts;
    if (volfile === undefined) {
      problems.push(locateProblem(`there is no ${VOLFILE}`, 'error', texts));
      return null;
    }
    const registry = this.makeRegistry(modules);
    const inspection = inspectVolfile(new Source(VOLFILE, volfile), { registry });
    problems.push(...inspection.problems.map(toProblem));
    if (inspection.description === undefined) return null;
    const clock = new VirtualClock();
    const context = new PlayContext(
      clock,
      (line) => void log.push(line),
      (text) => void problems.push(locateProblem(text, 'warning', texts)),
    );
    const levels = { default: INFO, volumes: new Map() };
    try {
      const graph = makeGraph(inspection.description, registry, context, levels);
      await runInRealTime(clock, graph.start());
      try {
        await runInRealTime(clock, graph.awaitUp(UP_TIMEOUT_MS));
      } catch (error) {
        await graph.stop();
        throw error;
      }
      return new RunningGraph(graph, clock, log, distanceMs);
    } catch (error) {
      const reasons = error instanceof GraphError ? error.problems : [(error as Error).message];
      problems.push(...reasons.map((text) => locateProblem(text, 'error', texts)));
      return null;
    }
  }

  async run(line: string): Promise<LineResult> {
    return this.runningGraph.run(line);
  }

  async complete(line: string): Promise<readonly string[]> {
    return this.running?.complete(line) ?? [];
  }

  setDistance(distanceMs: number): void {
    this.runningGraph.setDistance(distanceMs);
  }

  /** Runs a lesson's check on graphs of its own. @throws {Error} for an unknown lesson */
  async judge({ lesson, texts, module }: JudgeRequest): Promise<JudgeResult> {
    const check = checks[lesson];
    if (check === undefined) throw new Error(`no lesson is called '${lesson}'`);
    const translator = this.makeRegistry(texts).lookup('features/glupy')!;
    const checkTraffic = new CheckTraffic(module.replace(/^\/|\.\w+$/g, ''));
    const verdict = await judgeModule(check, {
      path: module,
      language: module.endsWith('.py') ? 'python' : 'javascript',
      findTranslator: async (name, _folder, options) => ({
        translator,
        options: makeOptions(name, { 'module-name': name, ...options }),
      }),
      onGraphStarted: (graph) => checkTraffic.observe(graph),
    });
    return { ...verdict, traffic: checkTraffic.traffic };
  }

  private makeRegistry(modules: Texts): Registry {
    return browserRegistry({ ...this.machine, sources: makeSources(modules) });
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = null;
  }

  private get runningGraph(): RunningGraph {
    if (this.running === null) throw new NoGraphError();
    return this.running;
  }
}
