/**
 * Writes the record of a part: its figures as docs/how-it-works/speed.md shows them. tools/gen/speed-page.ts
 * makes the page of all records.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../../apps/bench/engine/schema.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Figure } from './figures.ts';
import { formatFigureCells } from './table.ts';

/** The part and the machine of a record. */
export interface RecordSource {
  /** '' for the default suite. */
  readonly suiteName: string;
  readonly part: string;
  readonly machine: Machine;
}

/** Makes the record of a part's figures with a bar. @param date the day of the run */
export function makeRecord(
  { suiteName, part, machine }: RecordSource,
  figures: readonly Figure[],
  date: string,
) {
  const { cpu, cpus, kernel, versions } = machine;
  const programs = ['Node', 'libfuse', 'GlusterFS'].flatMap((name) =>
    name in versions ? [`${name} ${versions[name] ?? 'missing'}`] : [],
  );
  const suiteWords = suiteName === '' ? '' : `${suiteName} `;
  return {
    command: `npm run bench -- ${suiteWords}--only ${part}`,
    date,
    machine: `${cpus} CPUs (${cpu}), Linux ${kernel}, ${programs.join(', ')}`,
    figures: figures
      .filter(({ bar }) => bar !== null)
      .map(formatFigureCells)
      .map(([what, value, goal, verdict]) => ({ what, value, goal, verdict })),
  };
}

/** Writes the record of a part in place of its last one. */
export function writeRecord(source: RecordSource, figures: readonly Figure[]): void {
  const { suiteName, part } = source;
  const name = suiteName === '' ? part : `${suiteName}-${part}`;
  const record = makeRecord(source, figures, new Date().toISOString().slice(0, 10));
  const path = join(packageRoot, 'test/bench/records', `${name}.json`);
  writeFileSync(path, `${JSON.stringify(record, null, 2)}\n`);
}
