/**
 * What is measured through: graphs of a leaf and of a module in one of the languages over it, in
 * this process, with the clock and timers of a mount.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import glupy from '../../../bridges/host/index.ts';
import native from '../../../bridges/native/index.ts';
import { NotMeasured } from '../../../runtime/bench/missing.ts';
import { NodeContext } from '../../../runtime/cli/context.ts';
import { ENOENT } from '../../../runtime/core/errno.ts';
import { GraphError } from '../../../runtime/core/errors.ts';
import { fail, unwind } from '../../../runtime/core/fops.gen.ts';
import { Graph } from '../../../runtime/core/graph.ts';
import { IA_IFREG, Iatt } from '../../../runtime/core/iatt.ts';
import { WARNING } from '../../../runtime/core/log.ts';
import { defineTranslator, type Translator } from '../../../runtime/core/xlator.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import type { Cleanup } from '../cleanup.ts';
import type { Tools } from '../tools.ts';

export interface Lab {
  readonly quick: boolean;
  readonly cleanup: Cleanup;
  readonly signal: AbortSignal;
  readonly tools: Tools;
  /** For compiled modules, and files to read. */
  readonly folder: string;
  say(message: string): void;
}

export function openLab(given: Omit<Lab, 'folder'>): Lab {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-bench-'));
  given.cleanup.add(async () => rmSync(folder, { recursive: true, force: true }));
  return { ...given, folder };
}

type AnyTranslator = Translator<unknown>;

export interface Volume {
  readonly translator: AnyTranslator;
  readonly options?: Readonly<Record<string, string>>;
}

// -- the languages -------------------------------------------------------------------------------

export interface Language {
  readonly title: string;
  /** The volume of the module of this name. @throws {NotMeasured} */
  volume(lab: Lab, module: string): Promise<Volume>;
}

const modules = join(packageRoot, 'test/bench/modules');

const hosted = (title: string, folder: string, extension: string): Language => ({
  title,
  async volume(_lab, module) {
    const options = { 'module-name': module + extension, 'module-path': join(modules, folder) };
    return { translator: glupy as unknown as AnyTranslator, options };
  },
});

const inProcess = (title: string, find: (lab: Lab, module: string) => Promise<string>) => ({
  title,
  async volume(lab: Lab, module: string): Promise<Volume> {
    const options = { 'module-path': await find(lab, module) };
    return { translator: native as unknown as AnyTranslator, options };
  },
});

export const languages = {
  typescript: inProcess('TypeScript', async (_lab, name) =>
    join(modules, 'typescript', `${name}.ts`),
  ),
  python: hosted('Python', 'python', '.py'),
  javascript: hosted('JavaScript', 'javascript', '.js'),
  c: inProcess('C through koffi', compiled),
} as const satisfies Record<string, Language>;

export type LanguageName = keyof typeof languages;

/** The shared object of a module in C, compiled the first time. */
async function compiled({ tools, folder }: Lab, name: string): Promise<string> {
  const source = join(modules, 'c', `${name}.c`);
  if (!existsSync(source)) throw new NotMeasured(`there is no module ${name}.c`);
  await tools.require('gcc');
  const object = join(folder, `${name}.so`);
  const flags = ['-std=gnu11', '-O2', '-Wall', '-fPIC', '-shared'];
  const include = join(packageRoot, 'bridges/native');
  if (!existsSync(join(include, 'glossa.h'))) throw new NotMeasured('there is no glossa.h');
  if (!existsSync(object))
    await tools.output('gcc', [...flags, '-I', include, '-o', object, source]);
  return object;
}

// -- leaves --------------------------------------------------------------------------------------

const attributes = Object.assign(new Iatt(), {
  iaType: IA_IFREG,
  iaNlink: 1,
  iaCtime: 1,
  iaGfid: '00000000-0000-4000-8000-000000000007',
});

/** Bytes of a read: as many as the kernel asks for at once by default. */
export const READ_SIZE = 128 * 1024;

/** What every read gets: the leaf's own memory, which nobody may change. */
const content = Uint8Array.from({ length: READ_SIZE }, (_, at) => at % 251);

const leaf = (fops: AnyTranslator['fops']): Volume => ({
  translator: defineTranslator<unknown, Record<string, never>>({
    type: 'bench/leaf',
    description: 'Answers at once.',
    children: [0, 0],
    options: {},
    fops,
    init: () => null,
  }) as unknown as AnyTranslator,
});

/** No name exists. */
export const nothing = leaf({ lookup: (frame) => fail.lookup(frame, ENOENT) });

/** Every name exists, and every file has the same content. */
export const everything = leaf({
  lookup: (frame, _xl, { inode }) =>
    unwind.lookup(frame, 0, 0, inode, attributes, null, attributes),
  readv: (frame) => unwind.readv(frame, READ_SIZE, 0, content, attributes, null),
});

// -- graphs --------------------------------------------------------------------------------------

/** Starts a graph of these volumes, the lowest first. @throws {NotMeasured} when it does not start */
export async function startGraph(lab: Lab, volumes: readonly Volume[]): Promise<Graph> {
  const sink = { write: (line: string) => lab.say(line), now: Date.now };
  const context = new NodeContext({ sink, baseDir: packageRoot, wake: () => {} });
  const specs = volumes.map(({ translator, options = {} }, at) => ({
    name: `volume-${at}`,
    translator,
    options: Object.entries(options).map(([key, value]) => ({ key, value })),
    subvolumes: at === 0 ? [] : [`volume-${at - 1}`],
  }));
  const graph = new Graph(specs, context, { default: WARNING, volumes: new Map() });
  try {
    await graph.start();
  } catch (error) {
    if (error instanceof GraphError) throw new NotMeasured(error.message.split('\n')[0]!);
    throw error;
  }
  lab.cleanup.add(() => graph.stop());
  return graph;
}

/** A module over a leaf. @throws {NotMeasured} */
export async function startModule(
  lab: Lab,
  language: LanguageName,
  module: string,
  below: Volume,
): Promise<Graph> {
  return startGraph(lab, [below, await languages[language].volume(lab, module)]);
}
