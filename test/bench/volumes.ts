/** The volumes under measurement: caches of absent names in each language. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MeasurementError } from '../../apps/bench/engine/measurement-error.ts';
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import { compileModule } from '../../apps/bench/run/compile.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import type { Bench } from './bench.ts';

/** Longer than any run, for all caches. */
const CACHE_SECONDS = '600';

const makeNegative = (type: string, options: Readonly<Record<string, string>> = {}): PlainVolume =>
  makeVolume('negative', type, { ...options, timeout: CACHE_SECONDS });

const moduleOptions = (file: string, folder: string) => ({
  'module-name': file,
  'module-path': join(packageRoot, folder),
});

export const negativeVolume = makeNegative('features/negative');
const pythonOptions = moduleOptions('negative.py', 'examples/negative');
export const pythonVolume = makeNegative('features/glupy', pythonOptions);
export const kernelTimeoutVolume = makeNegative('features/glupy', {
  ...pythonOptions,
  'kernel-timeout': CACHE_SECONDS,
});
export const javascriptVolume = makeNegative(
  'features/glupy',
  moduleOptions('negative.js', 'examples/negative/javascript'),
);

/** A volume whose module sees fops and does not change them. @param file sees reads (read.py) or lookups (seen.py) */
const makeObserver = (file: string) =>
  makeVolume('look', 'features/glupy', moduleOptions(file, 'apps/bench/engine/modules/python'));

export const readVolume = makeObserver('read.py');
export const seenVolume = makeObserver('seen.py');

/** Compiles an example. @throws {MeasurementError} */
function compileExample(source: string, object: string): void {
  const problem = compileModule(join(packageRoot, 'examples/negative', source), object);
  if (problem !== null) throw new MeasurementError(problem);
}

/** Compiles the example in C and makes its volume. @throws {MeasurementError} */
export function compileCVolume({ folder }: Pick<Bench, 'folder'>): PlainVolume {
  const object = join(folder, 'negative.so');
  compileExample('c/negative.c', object);
  return makeNegative('features/native', { 'module-path': object });
}

/** The same in the sandbox, from this language. @throws {MeasurementError} */
export function compileWasmVolume(
  bench: Pick<Bench, 'folder'>,
  source = 'c/negative.c',
): PlainVolume {
  const folder = join(bench.folder, `wasm-of-${dirname(source)}`);
  mkdirSync(folder, { recursive: true });
  compileExample(source, join(folder, 'negative.wasm'));
  return makeNegative('features/glupy', { 'module-name': 'negative.wasm', 'module-path': folder });
}

/**
 * GlusterFS's. As many volumes as glossa has: without the io-stats that GlusterFS's own tools put on
 * top.
 * @param bytes by default GlusterFS's own: room for a thousand names and more
 */
export const makeNlCacheVolume = (bytes = 131_072): PlainVolume =>
  makeVolume('nl-cache', 'performance/nl-cache', {
    'nl-cache': 'on',
    'nl-cache-timeout': CACHE_SECONDS,
    'nl-cache-limit': String(bytes),
    'nl-cache-positive-entry': 'off',
  });

/** An nl-cache with room for all names of the tutorial's experiment. */
export const roomyNlCacheVolume = makeNlCacheVolume(16_777_216);
