/**
 * Measures examples/negative in each of its languages: a lookup of a name that the cache has, and what it costs over
 * the translator in TypeScript.
 */
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MeasurementError } from '../../../apps/bench/engine/measurement-error.ts';
import { absentLeaf, startGraph, type VolumeSpec } from '../../../apps/bench/run/call/graphs.ts';
import {
  type Batch,
  makeLookupBatch,
  measureBatches,
} from '../../../apps/bench/run/call/request-batches.ts';
import { compileModule } from '../../../apps/bench/run/compile.ts';
import glupy from '../../../bridges/glupy.ts';
import native from '../../../bridges/native/index.ts';
import { ENOENT } from '../../../runtime/core/errno.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import negative from '../../../runtime/xlators/features/negative/index.ts';
import type { Bench } from '../bench.ts';
import { hold, nameValues, type Report, reportSeries } from '../table.ts';
import { FULL, QUICK } from './lookups.ts';

const examples = join(packageRoot, 'examples/negative');

/** Seconds for which the caches keep names: longer than any measurement. */
const TIMEOUT = '3600';

/** The languages, the one to compare with first: the module, and the file that a compiled one becomes. */
const ENTRIES = {
  typescript: ['TypeScript'],
  python: ['Python', 'negative.py'],
  javascript: ['JavaScript', 'javascript/negative.js'],
  so: ['C, shared object', 'c/negative.c', 'negative.so'],
  c: ['C', 'c/negative.c', 'negative.wasm'],
  cpp: ['C++', 'cpp/negative.cpp', 'negative.wasm'],
  rust: ['Rust', 'rust/negative.rs', 'negative.wasm'],
} as const satisfies Record<string, readonly [title: string, source?: string, file?: string]>;
type EntryName = keyof typeof ENTRIES;
const NAMES = Object.keys(ENTRIES) as EntryName[];

/** Makes the volume of a language. @throws {MeasurementError} if it cannot be built */
function makeVolume(bench: Bench, name: EntryName): VolumeSpec {
  const [, source, file]: readonly [string, string?, string?] = ENTRIES[name];
  const make = (translator: unknown, options: Readonly<Record<string, string>>): VolumeSpec => ({
    translator: translator as VolumeSpec['translator'],
    options: { timeout: TIMEOUT, ...options },
  });
  if (source === undefined) return make(negative, {});
  if (file === undefined)
    return make(glupy, {
      'module-path': join(examples, dirname(source)),
      'module-name': basename(source),
    });
  const folder = join(bench.folder, `negative-${name}`);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file);
  const problem = compileModule(join(examples, source), path);
  if (problem !== null) throw new MeasurementError(problem);
  return file === 'negative.so'
    ? make(native, { 'module-path': path })
    : make(glupy, { 'module-path': folder, 'module-name': file });
}

/** Measures the lookups of all languages in alternation. */
export async function measureNegative(bench: Bench): Promise<Report> {
  const load = bench.quick ? QUICK : FULL;
  bench.log('examples/negative');
  const starts = NAMES.map((name) => {
    const start = async (own: Bench): Promise<Batch> =>
      makeLookupBatch(await startGraph(own, [absentLeaf, makeVolume(own, name)]), ENOENT);
    return [name, start] as const;
  });
  const series = await measureBatches(
    bench,
    Object.fromEntries(starts) as Record<EntryName, (own: Bench) => Promise<Batch>>,
    load,
  );
  const titles = Object.fromEntries(NAMES.map((name) => [name, ENTRIES[name][0]]));
  return reportSeries<string>(
    {
      what: 'examples/negative',
      unitText: `µs for a lookup of a name that it has, median of ${load.rounds} rounds`,
      titles,
      held: NAMES.slice(1).map((name) =>
        hold(`negative in ${titles[name]}, over TypeScript`, [name, NAMES[0]], null, {
          unit: 'µs',
        }),
      ),
    },
    nameValues<string>(series),
    load,
  );
}
