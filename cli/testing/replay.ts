/** Runs a recording as a test of a module: each request must get its recorded reply. */
import type { TestReport } from '../../bridges/testing/run.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { differing, failureText } from '../replay/report.ts';
import { replayFile } from '../replay/run.ts';

export interface ReplayTestSettings {
  readonly strict: boolean;
  readonly patienceMs: number;
  warned(text: string): void;
}

export async function replayTest(
  recording: string,
  module: string,
  settings: ReplayTestSettings,
  terminal: Terminal,
): Promise<TestReport> {
  const began = performance.now();
  const stack = { volume: undefined, realStorage: false, overrides: [], allowShell: false };
  const given = { ...stack, ...settings, output: undefined };
  const name = `replay of ${recording}`;
  try {
    const replayed = await replayFile(recording, module, given, terminal);
    const ms = performance.now() - began;
    const report = { name, ms, printed: [], log: replayed.log };
    if (differing(replayed).length === 0) return { ...report, outcome: 'passed' };
    return { ...report, outcome: 'failed', message: failureText(replayed) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const ms = performance.now() - began;
    return { outcome: 'failed', name, message, ms, printed: [], log: [] };
  }
}
