/** The files of a report. */
import type { Run } from '../schema.ts';
import { ChartsMissing, htmlReport, loadDraw } from './html.ts';
import { markdownReport } from './markdown.ts';

export interface ReportFiles {
  /** Contents by names. */
  readonly files: Readonly<Record<string, string>>;
  /** What is missing, and why. */
  readonly warnings: readonly string[];
}

/** The result as JSON and Markdown, and the page where its pictures can be drawn. */
export async function reportFiles(run: Run, load = loadDraw): Promise<ReportFiles> {
  const files = {
    'run.json': `${JSON.stringify(run, null, 1)}\n`,
    'report.md': markdownReport(run),
  };
  try {
    return { files: { ...files, 'report.html': htmlReport(run, await load()) }, warnings: [] };
  } catch (error) {
    if (error instanceof ChartsMissing) return { files, warnings: [error.message] };
    throw error;
  }
}
