/**
 * Measures examples/negative in each of its languages: a lookup of a name that the cache has, and what it costs over
 * the translator in TypeScript.
 */
import { absentLeaf, startGraph, type VolumeSpec } from '../../../apps/bench/run/call/graphs.ts';
import {
  type Batch,
  makeLookupBatch,
  measureBatches,
} from '../../../apps/bench/run/call/request-batches.ts';
import glupy from '../../../bridges/glupy.ts';
import native from '../../../bridges/native/index.ts';
import { ENOENT } from '../../../runtime/core/errno.ts';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import negative from '../../../runtime/xlators/features/negative/index.ts';
import type { Bench } from '../bench.ts';
import { hold, type Report, reportSeries } from '../table.ts';
import {
  compileCVolume,
  compileWasmVolume,
  javascriptVolume,
  negativeVolume,
  pythonVolume,
} from '../volumes.ts';
import { FULL, QUICK } from './lookups.ts';

const translators: Readonly<Record<string, unknown>> = {
  'features/negative': negative,
  'features/glupy': glupy,
  'features/native': native,
};

/** The languages, the one to compare with first, with their volumes. */
const languages: Readonly<Record<string, (bench: Bench) => PlainVolume>> = {
  TypeScript: () => negativeVolume,
  Python: () => pythonVolume,
  JavaScript: () => javascriptVolume,
  'C, shared object': compileCVolume,
  C: compileWasmVolume,
  'C++': (bench) => compileWasmVolume(bench, 'cpp/negative.cpp'),
  Rust: (bench) => compileWasmVolume(bench, 'rust/negative.rs'),
};

/** Measures the lookups of all languages in alternation. */
export async function measureNegative(bench: Bench): Promise<Report> {
  const load = bench.quick ? QUICK : FULL;
  bench.log('examples/negative');
  const starts = Object.entries(languages).map(([name, makeVolume]) => {
    const start = async (own: Bench): Promise<Batch> => {
      const { type, options } = makeVolume(own);
      const translator = translators[type] as VolumeSpec['translator'];
      const volume = { translator, options: Object.fromEntries(options) };
      return makeLookupBatch(await startGraph(own, [absentLeaf, volume]), ENOENT);
    };
    return [name, start] as const;
  });
  const [base, ...others] = Object.keys(languages);
  return reportSeries<string>(
    {
      what: 'examples/negative',
      unitText: `µs for a lookup of a name that it has, median of ${load.rounds} rounds`,
      titles: Object.fromEntries(Object.keys(languages).map((name) => [name, name])),
      held: others.map((name) =>
        hold(`negative in ${name}, over TypeScript`, [name, base!], null, { unit: 'µs' }),
      ),
    },
    await measureBatches(bench, Object.fromEntries(starts), load),
    load,
  );
}
