/** One replay, from its files to what came of it. */
import { resolve } from 'node:path';
import type { ParsedLine } from '../../bridges/testing/log.ts';
import { planOf, ReplayError } from '../../runtime/replay/plan.ts';
import { changes } from '../../runtime/replay/recorded-storage.ts';
import { type Outcome, Replay } from '../../runtime/replay/replay.ts';
import { GraphRecording, replayable } from '../../server/recording.ts';
import { Failure } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { openRecordingFile } from '../recording-file.ts';
import { type StackSettings, startStack } from './stack.ts';

export interface ReplaySettings extends StackSettings {
  /** Where the replay is recorded itself. */
  readonly output: string | undefined;
  /** Milliseconds that an answer may take. */
  readonly patienceMs: number;
}

export interface ReplayResult {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Whether its maker ended the recording. */
  readonly closed: boolean;
  readonly outcomes: readonly Outcome[];
  /** The storages are others than they were: what was there already is not the same. */
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

/** More than any data. */
const ALL = 2 ** 31;

/** Whether the first difference comes before anything was changed. */
function differsAtOnce(outcomes: readonly Outcome[]): boolean {
  const first = outcomes.findIndex(({ differences }) => differences.length > 0);
  const before = outcomes.slice(0, first + 1);
  return first >= 0 && !before.some(({ request }) => changes(request.row.name));
}
