/**
 * Makes features/native, which runs a translator from a file inside the process: TypeScript or
 * JavaScript on Node, or a shared object in C. It is as fast as a built-in translator, but without
 * a sandbox: its crash ends the process. The volume takes the file's fops, and the options that the
 * file declares beside those of features/native.
 */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { GraphError, InitError } from '../../runtime/core/errors.ts';
import { describeViewGaps, findViewGaps } from '../../runtime/core/fop-views.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import type { LogSource } from '../../runtime/core/log.ts';
import { messages } from '../../runtime/core/messages.ts';
import {
  defineOptions,
  describeMissingOption,
  type Options,
  type Values,
  type VolfileOption,
} from '../../runtime/core/options.ts';
import { type Reach, reachPath } from '../../runtime/core/reach.ts';
import {
  announceChangedReplies,
  defaultNotify,
  defineTranslator,
  type Fops,
  type ReloadResult,
  type Translator,
  type Xlator,
} from '../../runtime/core/xlator.ts';
import { describeOmittedFops, warnOfFopGaps } from '../host/advice/module-remarks.ts';
import { describeMissingBuild } from '../host/lifecycle/missing-build.ts';
import { readOptionValues } from '../host/lifecycle/module-options.ts';
import { watchFolder } from '../machine/node/folder-watcher.ts';
import { sources } from '../machine/node/sources.ts';
import { ffiNames } from './ffi.ts';
import type { Provider } from './provider.ts';
import { sharedObjectOptions, sharedObjectProvider } from './shared-object.ts';
import { checkFops } from './translator-check.ts';
import { typescriptProvider } from './typescript.ts';
import type { WrittenFops } from './written-record.ts';

const providers: readonly Provider[] = [typescriptProvider, sharedObjectProvider];

const options = defineOptions({
  'module-path': {
    type: 'str',
    description:
      "The file, .ts, .mts, .js, .mjs or .so; a relative one starts at the volfile's folder.",
  },
  reload: {
    type: 'bool',
    default: false,
    description:
      'Loads the file again whenever it, or one that it imports, is saved. Code that does not start ' +
      'leaves the code before at work.',
  },
  ffi: {
    type: 'str',
    values: ffiNames,
    default: 'koffi',
    description: 'The library that calls the functions of a shared object.',
  },
});

/** Milliseconds for a volume with new code, and the volumes above it, to come up. */
const UP_TIMEOUT_MS = 30_000;

/** A volume's loaded file. */
interface LoadedFile {
  readonly path: string;
  readonly record: Translator<unknown>;
  readonly locate: (() => LogSource | null) | undefined;
  values: Values<Options>;
  stopWatching(): void;
}

/** Loaded files by volume. (`xl.priv` belongs to the file's translator.) */
const filesByVolume = new WeakMap<Xlator<unknown>, LoadedFile>();

/** Loads the file, and starts its translator in this volume; returns the translator's state. */
async function init(xl: Xlator<unknown>, settings: Values<typeof options>): Promise<unknown> {
  const path = findFile(settings['module-path'], xl.context.baseDir, xl.volfileOptions);
  const provider = findProvider(path);
  const { record, files, locate } = await provider.load(path, xl, {
    ffi: settings.ffi,
    hostOptions: options,
  });
  checkChildren(xl, path, record);
  const values = readValues(xl, path, record);
  const loadedFile: LoadedFile = { path, record, locate, values, stopWatching() {} };
  filesByVolume.set(xl, loadedFile);
  const priv = await record.init(xl, values);
  if (settings.reload) loadedFile.stopWatching = watchFiles(xl, files);
  return priv;
}

/** Reloads the code when one of its files is saved; returns a function that stops this. */
function watchFiles(xl: Xlator<unknown>, files: readonly string[]): () => void {
  const stopFunctions = [...new Set(files.map(dirname))].map((folder) => {
    const names = files.filter((file) => dirname(file) === folder).map((file) => basename(file));
    return watchFolder(folder, names, {
      onChange: () => void reloadFile(xl),
      onFailure: (reason) =>
        xl.log.warning(`option reload: ${folder} is not watched: ${reason}`, {
          msgid: messages.nativeFileNotWatched.id,
        }),
    });
  });
  return () => {
    for (const stop of stopFunctions) stop();
  };
}

/** Reloads the file's code, by its translator's own `reload` if it has one. */
const reloadFile = (xl: Xlator<unknown>): Promise<ReloadResult> =>
  filesByVolume.get(xl)!.record.reload?.(xl) ?? replaceVolume(xl);

/** Reloads code by replacing its volume with a new instance; on failure the old one goes on. */
async function replaceVolume(xl: Xlator<unknown>): Promise<ReloadResult> {
  try {
    const isNew = await xl.graph!.renew(xl as Xlator, UP_TIMEOUT_MS);
    if (isNew) xl.log.info('reloaded', { msgid: messages.moduleReloaded.id });
    return { ok: true, text: 'reloaded' };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const problems = error.problems.map((problem) => problem.replace(`${xl.label}: `, ''));
    const text = `not reloaded, the code before goes on: ${problems.join('\n')}`;
    xl.log.error(text, { msgid: messages.moduleNotReloaded.id });
    return { ok: false, text };
  }
}

/** Lists what the file's code is read from: its folder, and the packages that Node finds from there. @throws {InitError} */
function listFileReach(settings: Values<typeof options>, baseDir: string): Reach[] {
  const path = realpathSync(findFile(settings['module-path'], baseDir));
  // Each element is the folder above the one before it.
  const folders = path.split('/').map((_, depth) => resolve(path, '../'.repeat(depth + 1)));
  const packageFolders = folders.map((folder) => resolve(folder, 'node_modules'));
  return [dirname(path), ...packageFolders.filter((folder) => existsSync(folder))].flatMap(
    (folder) => reachPath(folder, 'module-path', 'read'),
  );
}

const findProvider = (path: string): Provider =>
  providers.find(({ extensions }) => extensions.includes(extname(path)))!;

/** Returns the file of option module-path. @throws {InitError} if it is missing or unsuitable */
function findFile(
  modulePath: string | undefined,
  baseDir: string,
  volfileOptions: readonly VolfileOption[] = [],
): string {
  if (modulePath === undefined) {
    throw new InitError(describeMissingOption('module-path', 'which file?', volfileOptions));
  }
  const path = resolve(baseDir, modulePath);
  const knownExtensions = providers.flatMap(({ extensions }) => extensions);
  if (!knownExtensions.includes(extname(path))) {
    throw new InitError(
      `option module-path: '${modulePath}' is not one of ${knownExtensions.join(', ')}`,
    );
  }
  if (!existsSync(path)) {
    const build = describeMissingBuild(path, sources);
    throw new InitError(
      `option module-path: there is no file ${path}${build === undefined ? '' : `: ${build}`}`,
    );
  }
  return path;
}

/** Checks the number of subvolumes. @throws {InitError} if the file's translator takes another */
function checkChildren(xl: Xlator<unknown>, path: string, record: Translator<unknown>): void {
  const [min, max] = record.children;
  const childCount = xl.below.length;
  if (childCount >= min && childCount <= max) return;
  const range = Number.isFinite(max) ? `${min} to ${max}` : `at least ${min}`;
  const expected = min === max ? String(min) : range;
  const noun = max === 1 ? 'subvolume' : 'subvolumes';
  throw new InitError(`${path}: ${record.type} takes ${expected} ${noun}, not ${childCount}`);
}

/** Reads the values of the record's options; warns of undeclared ones. */
const readValues = (
  xl: Xlator<unknown>,
  path: string,
  record: Translator<unknown>,
): Values<Options> =>
  readOptionValues(xl, options, record.options, path, record.openOptions === true);

/** Applies new option values. @throws {GraphError} if one cannot change; then none is changed */
function reconfigure(xl: Xlator<unknown>): void {
  const loadedFile = filesByVolume.get(xl)!;
  const { path, record } = loadedFile;
  const values = readValues(xl, path, record);
  const problems: string[] = [];
  for (const [key, { reconfigurable }] of Object.entries(record.options)) {
    if (reconfigurable && record.reconfigure !== undefined) continue;
    if (JSON.stringify(values[key]) === JSON.stringify(loadedFile.values[key])) continue;
    const position = xl.volfileOptions.findLast((option) => option.key === key)?.position ?? path;
    problems.push(
      `${position}: option '${key}' cannot change while the volume runs; mount it anew`,
    );
  }
  if (problems.length > 0) throw new GraphError(problems);
  loadedFile.values = values;
  record.reconfigure?.(xl, values);
  announceChangedReplies(xl);
}

/** The declarations in a file, each of which silences the warning about fops that it omits. */
const FOP_DECLARATIONS = ['passesThrough: true', 'passesThrough: false'] as const;

/** Returns the fops of the volume's file; warns of omitted ones. */
function readFops(xl: Xlator<unknown>): Fops<unknown> {
  const { path, record } = filesByVolume.get(xl)!;
  const declaredFops = record.fops;
  const functions =
    typeof declaredFops === 'function' ? checkFops(path, declaredFops(xl)) : declaredFops;
  const isDefined = (name: FopName): boolean => functions[name] !== undefined;
  const observes = readFlag(xl, 'observes') ?? record.watches === true;
  warnOfFopGaps(xl, path, [
    describeOmittedFops(xl, FOP_DECLARATIONS, readFlag(xl, 'passesThrough'), isDefined),
    observes ? undefined : describeViewGaps(findViewGaps({ isDefined })),
  ]);
  xl.log.info(`${path} loaded: ${Object.keys(functions).join(', ') || 'no fops'}`);
  return functions;
}

/** Warns of the fops that a file omits, as `readFops` does at the start, by its text. */
function warnOfWrittenGaps(xl: Xlator<unknown>, path: string, { names, flags }: WrittenFops): void {
  const { passesThrough, observes, watches } = flags;
  const isDefined = (name: FopName): boolean => names.has(name);
  const observing = observes === undefined ? watches : observes;
  // A flag that the module computes, null here, is known at the start.
  const mayObserve = observing === true || observing === null;
  warnOfFopGaps(xl, path, [
    passesThrough === null
      ? undefined
      : describeOmittedFops(xl, FOP_DECLARATIONS, passesThrough, isDefined),
    mayObserve ? undefined : describeViewGaps(findViewGaps({ isDefined })),
  ]);
}

/** Reads a flag of the file's translator, which may be a function of the volume. */
function readFlag(xl: Xlator<unknown>, field: 'passesThrough' | 'observes'): boolean | undefined {
  const flag = filesByVolume.get(xl)!.record[field];
  return typeof flag === 'function' ? flag(xl) : flag;
}

export default defineTranslator<unknown, typeof options>({
  type: 'features/native',
  description: 'Runs a translator from a file: TypeScript, JavaScript or C, without a sandbox.',
  children: [0, Number.POSITIVE_INFINITY],
  options,
  openOptions: true,
  moreOptions: { 'for a .so file': sharedObjectOptions },
  init,
  reach: listFileReach,
  async check(xl, settings) {
    const path = findFile(settings['module-path'], xl.context.baseDir, xl.volfileOptions);
    const written = findProvider(path).check(path);
    if (written !== null) warnOfWrittenGaps(xl, path, written);
  },
  fops: readFops,
  passesThrough: (xl) => readFlag(xl, 'passesThrough'),
  observes: (xl) => readFlag(xl, 'observes') ?? filesByVolume.get(xl)!.record.watches === true,
  reconfigure,
  inherit(xl, predecessor) {
    const { record } = filesByVolume.get(xl)!;
    const { record: oldRecord } = filesByVolume.get(predecessor)!;
    // Only a translator of the same type can inherit.
    if (oldRecord.type === record.type) record.inherit?.(xl, predecessor);
  },
  reload: reloadFile,
  notify(xl, event, data) {
    const { record } = filesByVolume.get(xl)!;
    if (record.notify === undefined) defaultNotify(xl, event, data);
    else record.notify(xl, event, data);
  },
  fini(xl) {
    const { record, stopWatching } = filesByVolume.get(xl)!;
    stopWatching();
    return record.fini?.(xl);
  },
  forget: (xl, inode, value) => filesByVolume.get(xl)!.record.forget?.(xl, inode, value),
  release: (xl, fd, value) => filesByVolume.get(xl)!.record.release?.(xl, fd, value),
  releasedir: (xl, fd, value) => filesByVolume.get(xl)!.record.releasedir?.(xl, fd, value),
  clientDisconnect: (xl, client) => filesByVolume.get(xl)!.record.clientDisconnect?.(xl, client),
  clientDestroy: (xl, client, value) =>
    filesByVolume.get(xl)!.record.clientDestroy?.(xl, client, value),
  ownOptions(xl) {
    const { record } = filesByVolume.get(xl)!;
    return { ...record.options, ...record.ownOptions?.(xl) };
  },
  locateFailure: (xl) => filesByVolume.get(xl)!.locate?.() ?? null,
  history: (xl) => filesByVolume.get(xl)!.record.history?.(xl) ?? [],
  dump(xl) {
    const { path, record } = filesByVolume.get(xl)!;
    return { module: path, ...record.dump?.(xl) };
  },
});
