/** Runs a recording as a test of a module: each request must get its recorded reply. */
import type { TestReport } from '../../bridges/testing/test-runner.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { replayFile } from '../replay/replay-file.ts';
import { findDifferent, formatFailure } from '../replay/replay-report.ts';

export interface ReplayTestSettings {
  readonly strict: boolean;
  /** The time limit for a reply in milliseconds. */
  readonly replyTimeoutMs: number;
  /** Receives warnings. */
  warn(text: string): void;
}

/** Replays the recording; the result is that of a test, even if the replay itself fails. */
export async function runReplayTest(
  recording: string,
  module: string,
  settings: ReplayTestSettings,
  terminal: Terminal,
): Promise<TestReport> {
  const startedAt = performance.now();
  const stackSettings = {
    volume: undefined,
    usesRealStorage: false,
    overrides: [],
    allowShell: false,
  };
  const replaySettings = { ...stackSettings, ...settings, output: undefined };
  const name = `replay of ${recording}`;
  try {
    const result = await replayFile(recording, module, replaySettings, terminal);
    const ms = performance.now() - startedAt;
    const report = { name, ms, printed: [], log: result.logLines };
    if (findDifferent(result).length === 0) return { ...report, outcome: 'passed' };
    return { ...report, outcome: 'failed', message: formatFailure(result) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const ms = performance.now() - startedAt;
    return { outcome: 'failed', name, message, ms, printed: [], log: [] };
  }
}
