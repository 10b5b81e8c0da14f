/** Replays a recording into a volfile or module, for `glossa replay` and `glossa test --replay`. */
import { resolve } from 'node:path';
import type { ParsedLine } from '../../bridges/testing/log-lines.ts';
import { makePlan, ReplayError } from '../../runtime/replay/plan.ts';
import { mayChangeStorage } from '../../runtime/replay/recorded-storage.ts';
import { type Outcome, Replay } from '../../runtime/replay/replay.ts';
import { GraphRecording, makeReplayableRequest } from '../../server/graph-recording.ts';
import { Failure } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { openRecordingFile } from '../open-recording.ts';
import { type StackSettings, startStack } from './replay-stack.ts';

/** The settings of `replayFile`. */
export interface ReplaySettings extends StackSettings {
  /** The file into which the replay itself is recorded; undefined for none. */
  readonly output: string | undefined;
  /** The time limit for a reply in milliseconds. */
  readonly replyTimeoutMs: number;
}

/** The replies of a replay, compared with the recorded ones. */
export interface ReplayResult {
  /** The start of the recording in milliseconds since 1970. */
  readonly startedAt: number;
  /** Whether the recording was closed properly; false if it ends early. */
  readonly isClosed: boolean;
  readonly outcomes: readonly Outcome[];
  /** Whether real storages had other content than at the start of the recording. */
  readonly storageDiffers: boolean;
  /** The log lines of the volumes. */
  readonly logLines: readonly ParsedLine[];
}

/**
 * Replays the recording `file` into a volfile or module, and compares the replies.
 * @param operand the volfile or module
 * @throws {Failure}
 */
export async function replayFile(
  file: string,
  operand: string,
  settings: ReplaySettings,
  terminal: Terminal,
): Promise<ReplayResult> {
  const { recording } = await openRecordingFile(file);
  try {
    const stack = await startStack(operand, recording.head, settings, terminal);
    const { graph, clock, playedVolumes, roles, logLines } = stack;
    let replayRecording: GraphRecording | null = null;
    try {
      const plan = await makePlan(recording, roles);
      if (settings.output !== undefined) {
        replayRecording = new GraphRecording(
          graph,
          makeReplayableRequest(resolve(settings.output), DATA_LIMIT_BYTES),
          graph.top.log,
        );
      }
      const { replyTimeoutMs } = settings;
      const outcomes = await new Replay(graph, plan, {
        clock,
        played: playedVolumes,
        replyTimeoutMs,
      }).run();
      const storageDiffers = settings.usesRealStorage && startsWithDifference(outcomes);
      const { startedAt } = recording.head;
      return { startedAt, isClosed: recording.closed, outcomes, storageDiffers, logLines };
    } finally {
      await replayRecording?.close();
      await stack.stop();
    }
  } catch (error) {
    if (error instanceof ReplayError) throw new Failure(`${file}: ${error.message}`);
    throw error;
  }
}

/** More bytes than any request has, so that the replay is recorded with all data. */
const DATA_LIMIT_BYTES = 2 ** 31;

/**
 * Whether a reply differs before the first request that can change the storage. If so, the storage
 * did not have its recorded content at the start.
 */
function startsWithDifference(outcomes: readonly Outcome[]): boolean {
  const firstDifference = outcomes.findIndex(({ differences }) => differences.length > 0);
  const beginning = outcomes.slice(0, firstDifference + 1);
  return (
    firstDifference >= 0 && !beginning.some(({ request }) => mayChangeStorage(request.row.name))
  );
}
