/**
 * Builds the graphs that `bench call` and `npm run bench bridges` measure in this process: a module
 * in one of the languages over a leaf, with the clock and timers of a mount. A leaf replies at once.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import glupy from '../../../../bridges/glupy.ts';
import {
  allLanguages,
  languages as bridgeLanguages,
  type Language,
  type LanguageName,
} from '../../../../bridges/languages.ts';
import native from '../../../../bridges/native/index.ts';
import { ENOENT } from '../../../../runtime/core/errno.ts';
import { GraphError } from '../../../../runtime/core/errors.ts';
import { fail, unwind } from '../../../../runtime/core/gen/fops.gen.ts';
import { Graph } from '../../../../runtime/core/graph.ts';
import { IA_IFREG, Iatt } from '../../../../runtime/core/iatt.ts';
import { WARNING } from '../../../../runtime/core/log.ts';
import { defineTranslator, type Translator } from '../../../../runtime/core/xlator.ts';
import { packageRoot } from '../../../../runtime/sys/paths.ts';
import { PumpContext } from '../../../../server/pump-context.ts';
import { MeasurementError } from '../../engine/measurement-error.ts';
import { compileModule } from '../compile.ts';

/** The settings that all graphs of a measurement share. */
export interface GraphEnvironment {
  /** Aborted when the user interrupts the measurement. */
  readonly signal: AbortSignal;
  /** Folder for compiled modules. */
  readonly folder: string;
  /** The steps that run at the end of the measurement. */
  readonly cleanup: {
    /** Registers a step for the end. */
    add(step: () => Promise<void>): void;
  };
  /** Receives the log of the volumes. */
  log(message: string): void;
}

/** A translator with any private data. */
type AnyTranslator = Translator<unknown>;

/** A volume of a measured graph. */
export interface VolumeSpec {
  readonly translator: AnyTranslator;
  readonly options?: Readonly<Record<string, string>>;
}

// -- the variants ----------------------------------------------------------------------------------

/** The compared variants: the languages, and C through a second FFI library. */
export type VariantName = LanguageName | 'ffi-rs';

/** A language, with the translator that runs its modules. */
export interface Variant {
  /** Title of its column. */
  readonly title: string;
  /** Whether the module runs in an interpreter. */
  readonly isHosted: boolean;
  /** Makes the volume that runs the module of this name. @throws {MeasurementError} */
  makeVolume(environment: GraphEnvironment, module: string): Promise<VolumeSpec>;
}

const modulesFolder = join(packageRoot, 'apps/bench/engine/modules');

/** Makes a variant. @param extraOptions options of features/native */
function makeVariant(
  name: LanguageName,
  title: string = bridgeLanguages[name].title,
  extraOptions: Readonly<Record<string, string>> = {},
): Variant {
  const { hosted, extensions, compiledFrom }: Language = bridgeLanguages[name];
  const folder = join(modulesFolder, name);
  return {
    title,
    isHosted: hosted !== null,
    async makeVolume(environment, module) {
      const file = module + extensions[0];
      const path =
        compiledFrom === null ? join(folder, file) : compileFile(environment, module, file);
      if (hosted !== null) {
        const options = { 'module-name': file, 'module-path': dirname(path) };
        return { translator: glupy as unknown as AnyTranslator, options };
      }
      return {
        translator: native as unknown as AnyTranslator,
        options: { 'module-path': path, ...extraOptions },
      };
    },
  };
}

/** All variants. TypeScript comes first, as the others are compared with it. */
export const variants = {
  typescript: makeVariant('typescript'),
  ...Object.fromEntries(allLanguages.map(([name]) => [name, makeVariant(name)])),
  // C's title names its library, to tell it from ffi-rs.
  c: makeVariant('c', 'C through koffi'),
  'ffi-rs': makeVariant('c', 'C through ffi-rs', { ffi: 'ffi-rs' }),
} as Readonly<Record<VariantName, Variant>>;

/** Returns the path of a compiled C module, compiled on first use. @throws {MeasurementError} */
function compileFile({ folder }: GraphEnvironment, name: string, file: string): string {
  const source = join(modulesFolder, 'c', `${name}.c`);
  if (!existsSync(source)) throw new MeasurementError(`there is no module ${name}.c`);
  const path = join(folder, file);
  const problem = existsSync(path) ? null : compileModule(source, path);
  if (problem !== null) throw new MeasurementError(problem);
  return path;
}

// -- leaves --------------------------------------------------------------------------------------

/** The attributes of every file; the gfid has no meaning. */
const attributes = Object.assign(new Iatt(), {
  iaType: IA_IFREG,
  iaNlink: 1,
  iaCtime: 1,
  iaGfid: '00000000-0000-4000-8000-000000000007',
});

/** Bytes of a read: the default size of the kernel's reads. */
export const READ_SIZE = 128 * 1024;

/**
 * The content of every file, a meaningless pattern. Replies to reads share it, so translators must
 * not change it.
 */
const content = Uint8Array.from({ length: READ_SIZE }, (_, index) => index % 251);

/** Views of the content's beginning, by length; cached, as making one would be measured, too. */
const contentBySize = new Map<number, Uint8Array>();

/** Makes the view of this length, and caches it. */
function makeContentView(size: number): Uint8Array {
  const bytes = content.subarray(0, size);
  contentBySize.set(size, bytes);
  return bytes;
}

/** Makes a leaf with these fops. */
const makeLeaf = (fops: AnyTranslator['fops']): VolumeSpec => ({
  translator: defineTranslator<unknown, Record<string, never>>({
    type: 'bench/leaf',
    description: 'Answers at once.',
    children: [0, 0],
    options: {},
    fops,
    init: () => null,
  }) as unknown as AnyTranslator,
});

/** A leaf in which no name exists. */
export const absentLeaf = makeLeaf({ lookup: (frame) => fail.lookup(frame, ENOENT) });

/** A leaf in which every name exists and every file has the same content. */
export const presentLeaf = makeLeaf({
  lookup: (frame, _xl, { inode }) =>
    unwind.lookup(frame, 0, 0, inode, attributes, null, attributes),
  readv: (frame, _xl, _fd, size) =>
    unwind.readv(
      frame,
      size,
      0,
      contentBySize.get(size) ?? makeContentView(size),
      attributes,
      null,
    ),
});

// -- graphs --------------------------------------------------------------------------------------

/** Starts a graph of these volumes, the lowest first. @throws {MeasurementError} */
export async function startGraph(
  environment: GraphEnvironment,
  volumes: readonly VolumeSpec[],
): Promise<Graph> {
  const sink = { write: (line: string) => environment.log(line), now: Date.now };
  const context = new PumpContext({ sink, baseDir: packageRoot, wake: () => {} });
  const specs = volumes.map(({ translator, options = {} }, index) => ({
    name: `volume-${index}`,
    translator,
    options: Object.entries(options).map(([key, value]) => ({ key, value })),
    subvolumes: index === 0 ? [] : [`volume-${index - 1}`],
  }));
  const graph = new Graph(specs, context, { default: WARNING, volumes: new Map() });
  try {
    await graph.start();
  } catch (error) {
    if (error instanceof GraphError) throw new MeasurementError(error.message.split('\n')[0]!);
    throw error;
  }
  environment.cleanup.add(() => graph.stop());
  return graph;
}

/** Starts a graph of a module over a leaf. @throws {MeasurementError} */
export async function startModuleGraph(
  environment: GraphEnvironment,
  variant: VariantName,
  module: string,
  leaf: VolumeSpec,
): Promise<Graph> {
  return startGraph(environment, [leaf, await variants[variant].makeVolume(environment, module)]);
}
