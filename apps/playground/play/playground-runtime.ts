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
import { TestContext } from '../../../bridges/testing/test-context.ts';
import { GraphError } from '../../../runtime/core/errors.ts';
import { INFO } from '../../../runtime/core/log.ts';
import { VirtualClock } from '../../../runtime/core/virtual-clock.ts';
import { makeGraph } from '../../../runtime/volfile/make-graph.ts';
import type { VolfileProblem } from '../../../runtime/volfile/problems.ts';
import type { Registry } from '../../../runtime/volfile/registry.ts';
import { Source } from '../../../runtime/volfile/source.ts';
import { inspectVolfile } from '../../../runtime/volfile/volfile.ts';
import { judgeModule } from '../../course/judge.ts';
import { checks } from '../../course/lessons/index.ts';
import { decodeModules } from './compiled-modules.ts';
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
import { CheckTrafficRecorder } from './traffic.ts';
import { runInRealTime } from './virtual-time.ts';

/** Converts a problem of a volfile for the page; its hint goes into the message. */
function convertVolfileProblem({
  severity,
  file,
  line,
  column,
  message,
  hint,
}: VolfileProblem): Problem {
  const note = hint === undefined ? '' : ` (${hint})`;
  return { severity, file, line, column, message: `${message}${note}` };
}

/** A position in a text; line and column from 1, 0 if unknown. */
interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Matches the prefix `/file.js:3:7: ` of a message; some languages have no column. */
const POSITION_PREFIX_PATTERN = /^(\/[^\s:'"]+):(\d+)(?::(\d+))?: /;
/** Matches the prefix `volume 'x' (features/glupy): ` of a message about a graph's start. */
const VOLUME_PREFIX_PATTERN = /^volume '[^']*' \([^)]*\): /;

/**
 * Makes a problem from a message, which it splits into position and text. A message begins with the
 * position of the volume; the position in the volume's module may follow, and is preferred.
 */
export function makeProblemFromMessage(
  text: string,
  severity: Problem['severity'],
  texts: Texts,
): Problem {
  let position: Position | null = null;
  let message = text;
  for (;;) {
    const [prefix, file, line, column] = POSITION_PREFIX_PATTERN.exec(message) ?? [];
    if (prefix === undefined || texts[file!] === undefined) break;
    position = { file: file!, line: Number(line), column: Number(column ?? 0) };
    message = message.slice(prefix.length);
    const [volumePrefix = ''] = VOLUME_PREFIX_PATTERN.exec(message) ?? [];
    // A position in the module replaces the volume.
    if (POSITION_PREFIX_PATTERN.test(message.slice(volumePrefix.length)))
      message = message.slice(volumePrefix.length);
  }
  if (position === null) return { severity, file: null, line: 0, column: 0, message };
  return {
    severity,
    ...position,
    column: position.column || findColumn(message, position, texts),
    message,
  };
}

/** Counts the blanks at the beginning of a line. */
const countIndent = (line: string): number => line.length - line.trimStart().length;

/**
 * Finds the column in the rest of a message: JavaScript prints it after the line's number, Python
 * marks it by `^` below the line. Returns 0 without a column.
 */
function findColumn(text: string, { file, line }: Position, texts: Texts): number {
  const positionText = `at ${file}:${line}:`;
  const index = text.indexOf(positionText);
  if (index >= 0) return Number.parseInt(text.slice(index + positionText.length), 10) || 0;
  const lines = text.split('\n');
  const shownIndex = lines.findLastIndex((candidate) =>
    candidate.includes(`File "${file}", line ${line}`),
  );
  const [, shownLine, marks] = shownIndex < 0 ? [] : lines.slice(shownIndex);
  if (shownLine === undefined || marks === undefined || !/^\s*[~^]+\s*$/.test(marks)) return 0;
  const source = texts[file]!.split('\n')[line - 1] ?? '';
  // Python shows the line with an indentation of its own.
  return countIndent(source) + countIndent(marks) - countIndent(shownLine) + 1;
}

/** Time limit of a start in real time: Python takes seconds on a slow machine. */
const UP_TIMEOUT_MS = 60_000;

/** Thrown when no graph runs to answer a question. */
export class NoGraphError extends Error {
  readonly code = 'GLOSSA_PLAY';

  constructor() {
    super('no graph runs: what is wrong with the volfile or a module comes first');
  }
}

/** A playground: it runs one graph at a time. */
export class PlaygroundRuntime {
  private readonly machine: Machine;
  /** The running graph; null before the first successful start. */
  private graph: RunningGraph | null = null;

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
    const newGraph = await this.tryToStart(texts, distanceMs, log, problems);
    if (newGraph === null) {
      return { volumes: this.graph?.volumes ?? [], problems, isRunning: false, log };
    }
    if (!(await newGraph.restore(journal))) {
      const text = 'what the storage held is not all there again: a request was never answered';
      problems.push(makeProblemFromMessage(text, 'warning', texts));
    }
    const oldGraph = this.graph;
    this.graph = newGraph;
    await oldGraph?.stop();
    return { volumes: newGraph.volumes, problems, isRunning: true, log: log.splice(0) };
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
      problems.push(makeProblemFromMessage(`there is no ${VOLFILE}`, 'error', texts));
      return null;
    }
    const registry = this.makeRegistry(modules);
    const inspection = inspectVolfile(new Source(VOLFILE, volfile), { registry });
    problems.push(...inspection.problems.map(convertVolfileProblem));
    if (inspection.description === undefined) return null;
    const clock = new VirtualClock();
    const settings = {
      baseDir: '/',
      strict: false,
      warn: (text: string) => void problems.push(makeProblemFromMessage(text, 'warning', texts)),
    };
    const context = new TestContext(clock, settings, (line) => void log.push(line));
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
      problems.push(...reasons.map((text) => makeProblemFromMessage(text, 'error', texts)));
      return null;
    }
  }

  /** Runs a shell line. @throws {NoGraphError} */
  async run(line: string): Promise<LineResult> {
    return this.requireGraph().run(line);
  }

  /** Completes the last word of a shell line; returns no words without a graph. */
  async complete(line: string): Promise<readonly string[]> {
    return this.graph?.complete(line) ?? [];
  }

  /** Changes the distance to the running graph's storage. @throws {NoGraphError} */
  setDistance(distanceMs: number): void {
    this.requireGraph().setDistance(distanceMs);
  }

  /** Runs a lesson's check on graphs of its own. @throws {Error} for an unknown lesson */
  async judge({ lesson, texts, module }: JudgeRequest): Promise<JudgeResult> {
    const check = checks[lesson];
    if (check === undefined) throw new Error(`no lesson is called '${lesson}'`);
    const translator = this.makeRegistry(texts).lookup('features/glupy')!;
    // The module `/fop.py` belongs to the volume `fop`.
    const trafficRecorder = new CheckTrafficRecorder(module.replace(/^\/|\.\w+$/g, ''));
    const verdict = await judgeModule(check, {
      path: module,
      language: module.endsWith('.py') ? 'python' : 'javascript',
      findTranslator: async (name, _folder, options) => ({
        translator,
        options: makeOptions(name, { 'module-name': name, ...options }),
      }),
      onGraphStarted: (graph) => trafficRecorder.observe(graph),
    });
    return { ...verdict, traffic: trafficRecorder.traffic };
  }

  /** Makes the registry of translators that loads these modules. */
  private makeRegistry(modules: Texts): Registry {
    return browserRegistry({ ...this.machine, sources: makeSources(decodeModules(modules)) });
  }

  /** Stops the running graph, if there is one. */
  async stop(): Promise<void> {
    await this.graph?.stop();
    this.graph = null;
  }

  /** Returns the running graph. @throws {NoGraphError} */
  private requireGraph(): RunningGraph {
    if (this.graph === null) throw new NoGraphError();
    return this.graph;
  }
}
