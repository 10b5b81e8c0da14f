/** The files of a report. */
import type { Run } from '../schema.ts';
import { htmlReport, loadDraw } from './html.ts';
import { markdownReport } from './markdown.ts';

/** The result as JSON, Markdown and a page; contents by names. */
export const reportFiles = async (run: Run): Promise<Readonly<Record<string, string>>> => ({
  'run.json': `${JSON.stringify(run, null, 1)}\n`,
  'report.md': markdownReport(run),
  'report.html': htmlReport(run, await loadDraw()),
});
