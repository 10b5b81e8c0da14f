/**
 * Measures examples/negative in each of its languages: a lookup of a name that the cache has, and what it costs over
 * the translator in TypeScript.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
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
import { type Report, reportSeries } from '../table.ts';
import { FULL, QUICK } from './lookups.ts';

const examples = join(packageRoot, 'examples/negative');

/** Seconds for which the caches keep names: longer than any measurement. */
const TIMEOUT = '3600';

interface Entry {
  readonly title: string;
  /** A module of an interpreter: its folder and name. */
  readonly module?: readonly [folder: string, name: string];
  /** The source of a compiled module, and the file that is made of it. */
  readonly source?: string;
  readonly file?: 'negative.so' | 'negative.wasm';
}

/** The languages, the one to compare with first. */
const ENTRIES: Readonly<Record<string, Entry>> = {
  typescript: { title: 'TypeScript' },
  python: { title: 'Python', module: ['', 'negative.py'] },
  javascript: { title: 'JavaScript', module: ['javascript', 'negative.js'] },
  so: { title: 'C, shared object', source: 'c/negative.c', file: 'negative.so' },
  c: { title: 'C', source: 'c/negative.c', file: 'negative.wasm' },
  cpp: { title: 'C++', source: 'cpp/negative.cpp', file: 'negative.wasm' },
  rust: { title: 'Rust', source: 'rust/negative.rs', file: 'negative.wasm' },
};
const BASE = 'typescript';

/** Makes the volume of a language. @throws {MeasurementError} if it cannot be built */
function makeVolume(bench: Bench, name: string, { module, source, file }: Entry): VolumeSpec {
  const options = { timeout: TIMEOUT };
  const hosted = glupy as unknown as VolumeSpec['translator'];
  if (module !== undefined) {
    const [folder, moduleName] = module;
    return {
      translator: hosted,
      options: { ...options, 'module-path': join(examples, folder), 'module-name': moduleName },
    };
  }
  if (source === undefined || file === undefined)
    return { translator: negative as unknown as VolumeSpec['translator'], options };
  const folder = join(bench.folder, `negative-${name}`);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file);
  const problem = compileModule(join(examples, source), path);
  if (problem !== null) throw new MeasurementError(problem);
  return file === 'negative.so'
    ? {
        translator: native as unknown as VolumeSpec['translator'],
        options: { ...options, 'module-path': path },
      }
    : { translator: hosted, options: { ...options, 'module-path': folder, 'module-name': file } };
}

/** Measures the lookups of all languages in alternation. */
export async function measureNegative(bench: Bench): Promise<Report> {
  const load = bench.quick ? QUICK : FULL;
  bench.log('examples/negative');
  const starts = Object.entries(ENTRIES).map(([name, entry]) => {
    const start = async (own: Bench): Promise<Batch> =>
      makeLookupBatch(await startGraph(own, [absentLeaf, makeVolume(own, name, entry)]), ENOENT);
    return [name, start] as const;
  });
  const series = await measureBatches(bench, Object.fromEntries(starts), load);
  const titles = Object.fromEntries(
    Object.entries(ENTRIES).map(([name, { title }]) => [name, title]),
  );
  return reportSeries(series, {
    title: `examples/negative: µs for a lookup of a name that it has, median of ${load.rounds} rounds`,
    columns: [''],
    titles,
    held: Object.keys(ENTRIES)
      .filter((name) => name !== BASE)
      .map((name) => ({
        ...{ what: `negative in ${titles[name]}, over TypeScript`, mine: name, other: BASE },
        ...{ unit: 'µs', bar: null },
      })),
  });
}
