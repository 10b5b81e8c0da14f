/** Runs one replay, from its files to its outcomes. */
import { resolve } from 'node:path';
import type { ParsedLine } from '../../bridges/testing/log.ts';
import { planOf, ReplayError } from '../../runtime/replay/plan.ts';
import { changes } from '../../runtime/replay/recorded-storage.ts';
import { type Outcome, Replay } from '../../runtime/replay/replay.ts';
import { GraphRecording, replayable } from '../../server/recording.ts';
import { Failure } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { openRecordingFile } from '../open-recording.ts';
import { type StackSettings, startStack } from './stack.ts';

export interface ReplaySettings extends StackSettings {
  /** The file that records the replay itself. */
  readonly output: string | undefined;
  /** The time limit for a reply in milliseconds. */
  readonly patienceMs: number;
}

export interface ReplayResult {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Whether the recording is closed. */
  readonly closed: boolean;
  readonly outcomes: readonly Outcome[];
  /** Whether the storages have other content than at the start of the recording. */
  readonly otherStorage: boolean;
  readonly log: readonly ParsedLine[];
}

/** @param given a volfile or module @throws {Failure} */
export async function replayFile(
  file: string,
  given: string,
  settings: ReplaySettings,
  terminal: Terminal,
): Promise<ReplayResult> {
  const { recording } = await openRecordingFile(file);
  try {
    const stack = await startStack(given, recording.head, settings, terminal);
    const { graph, clock, played, roles, log } = stack;
    let record: GraphRecording | null = null;
    try {
      const plan = await planOf(recording, roles);
      if (settings.output !== undefined) {
        record = new GraphRecording(
          graph,
          replayable(resolve(settings.output), ALL),
          graph.top.log,
        );
      }
      const { patienceMs } = settings;
      const outcomes = await new Replay(graph, plan, { clock, played, patienceMs }).run();
      const otherStorage = settings.realStorage && differsAtOnce(outcomes);
      const { startedAt } = recording.head;
      return { startedAt, closed: recording.closed, outcomes, otherStorage, log };
    } finally {
      await record?.close();
      await stack.stop();
    }
  } catch (error) {
    if (error instanceof ReplayError) throw new Failure(`${file}: ${error.message}`);
    throw error;
  }
}

/** A data limit beyond any request. */
const ALL = 2 ** 31;

/** Whether the first difference comes before the first change. */
function differsAtOnce(outcomes: readonly Outcome[]): boolean {
  const first = outcomes.findIndex(({ differences }) => differences.length > 0);
  const before = outcomes.slice(0, first + 1);
  return first >= 0 && !before.some(({ request }) => changes(request.row.name));
}
