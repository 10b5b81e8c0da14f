/**
 * Makes features/glupy, the host translator. It loads the module of `option module-name` into an
 * interpreter of its own, and passes the volume's fops to it. Options that the module declares are
 * checked like glupy's own.
 */

import { GraphError, InitError } from '../../runtime/core/errors.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import type { DebuggableModule, LineStops, ModuleMethod } from '../../runtime/core/line-stops.ts';
import { messages } from '../../runtime/core/messages.ts';
import {
  defineOptions,
  describeMissingOption,
  type Values,
  type VolfileOption,
} from '../../runtime/core/options.ts';
import { type Reach, reachPath } from '../../runtime/core/reach.ts';
import {
  announceChangedReplies,
  defineTranslator,
  type Xlator,
} from '../../runtime/core/xlator.ts';
import { type DescribedGuest, findRemarks, logFopGaps } from './advice/module-remarks.ts';
import type { Evaluation, Guest } from './guest.ts';
import type { GuestSettings, HostedLanguage, ModuleContext, ModuleFile } from './language.ts';
import { failureOptions, type Owner, readLimits, readPolicy } from './lifecycle/failure-policy.ts';
import { Host, type HostState, hostFunctions } from './lifecycle/host.ts';
import { Interpreter } from './lifecycle/interpreter.ts';
import { readModuleOptions } from './lifecycle/module-options.ts';
import {
  findModule,
  listModules,
  locateModule,
  type ModuleQuery,
} from './lifecycle/module-search.ts';
import {
  findGrants,
  grantOptions,
  listGrantedFolders,
  type VolumeGrants,
} from './limits/grants.ts';
import type { Machine } from './machine.ts';
import { dirname } from './paths.ts';
import { DATA_FOPS } from './requests/data-filter.ts';
import { listFilteredFops } from './requests/entry-filter.ts';
import { updateNotes } from './requests/notes.ts';

const makeOptions = (languages: readonly HostedLanguage[]) =>
  defineOptions({
    'module-name': {
      type: 'str',
      description:
        'The module: `negative` for negative.py. An extension, or option language, decides between ' +
        'languages.',
      reconfigurable: true,
    },
    'module-path': {
      type: 'str',
      description:
        "Folders to search for it, separated by colons; relative ones start at the volfile's folder. " +
        'Default: that folder, GLOSSA_PATH, PYTHONPATH, the bundled examples.',
      reconfigurable: true,
    },
    language: {
      type: 'str',
      values: languages.map(({ name }) => name),
      description: 'The language of the module, when its name alone does not say.',
      reconfigurable: true,
    },
    isolation: {
      type: 'str',
      values: ['none', 'thread'],
      default: 'none',
      description:
        'Where the module runs: in the thread that serves everything else, or in one of its own, which ' +
        'a hang or a crash costs alone. docs/write/sandbox.md says when to choose what.',
    },
    reload: {
      type: 'bool',
      default: false,
      description:
        'Reads the module again when a file of its folder is saved. Code that does not start leaves ' +
        'the code before at work.',
    },
    'time-limit': {
      type: 'time',
      default: 5,
      min: 0,
      fractions: true,
      description:
        'Seconds that one call into the module may run, 0.5 for half a one; 0 for no limit. Those in ' +
        'which other programs have the CPU do not count.',
      reconfigurable: true,
    },
    'memory-limit': {
      type: 'sizet',
      default: 512 * 1024 * 1024,
      min: 64 * 1024 * 1024,
      description: 'Memory of the interpreter and the module together.',
      reconfigurable: true,
    },
    ...grantOptions,
    ...failureOptions,
  });

type Settings = Values<ReturnType<typeof makeOptions>>;

/** The values that all volumes of features/glupy share. */
interface HostingContext {
  readonly machine: Machine;
  readonly languages: readonly HostedLanguage[];
  readonly options: ReturnType<typeof makeOptions>;
  /** Loads the code of threads; absent on a machine without threads. */
  readonly loadThreadCode: (() => Promise<ThreadCode>) | undefined;
}

/** The state of a volume of this type. */
export interface GlupyState extends HostState {
  settings: Settings;
  module: HostedModule;
  /** Connects debuggers with a module in a thread; null for a module in this thread. */
  readonly lineStops: LineStops | null;
  /** Rejects when a mount has covered a searched or granted folder. @throws {InitError} */
  readonly checkMounts: () => Promise<void>;
}

/** A module's file, with its language. */
type HostedModule = ModuleFile & { readonly language: HostedLanguage };

/** A volume as a prompt uses it. */
export interface PromptTarget {
  readonly language: string;
  /** The module's file. */
  readonly path: string;
  /** Runs a line; requests that it sends to children are wound at once. */
  evaluate(source: string): Promise<Evaluation>;
}

/** The volume of a guest that gets a thread. */
export interface ThreadVolume {
  readonly xl: Xlator<unknown>;
  readonly machine: Machine;
  /** From `MakeLineStops`. */
  readonly lineStops: LineStops;
}

/** Settings of a guest that gets a thread. */
export type ThreadSettings = Pick<
  GuestSettings,
  'volume' | 'timeLimitS' | 'memoryLimitBytes' | 'grants' | 'packages' | 'virtualTime'
>;

/** Starts a guest in a thread of its own. @throws the error of the module's author */
export type StartInThread = (
  volume: ThreadVolume,
  interpreter: Interpreter,
  module: HostedModule,
  settings: ThreadSettings,
) => Promise<Guest>;

/** Makes the connection of debuggers with a volume's threads. */
export type MakeLineStops = (onChange: (isStopped: boolean) => void) => LineStops;

/** The code of threads; loaded on first use, as most volumes have none. */
export interface ThreadCode {
  readonly startInThread: StartInThread;
  readonly makeLineStops: MakeLineStops;
}

/** Returns the prompt of a glupy volume, for `glossa repl`. */
export function findPromptTarget({ priv }: Xlator<GlupyState>): PromptTarget {
  const { host, module } = priv;
  return {
    language: host.interpreter.guest.language,
    path: module.path,
    evaluate: (source) => host.interpreter.evaluate(source),
  };
}

/** Describes a volume's module for a debugger: its methods, and whether it stops at lines. */
function describeModule({ name, priv }: Xlator<GlupyState>): DebuggableModule {
  const { guest } = priv.host.interpreter;
  const { language, path } = findPromptTarget({ priv } as Xlator<GlupyState>);
  const lines = guest.thread?.stopsAtLines === true ? priv.lineStops : null;
  const stopsAtMethodsOnly = lines === null && guest.runLineCommand === undefined;
  const noLinesReason = stopsAtMethodsOnly
    ? `volume '${name}' is written in ${language}, which stops at methods`
    : `volume '${name}' stops at lines only with option isolation thread`;
  return { language, path, methods: listMethods(guest), lines, stopsAtMethodsOnly, noLinesReason };
}

/** Lists the methods of a module, at which a debugger can stop. */
const listMethods = ({ description }: Guest): ModuleMethod[] =>
  description.methods.map(([name, file, line]) => ({ name, file, line }));

/** Makes the query for the module that a volume's options name. @throws {InitError} without its name */
function makeModuleQuery(
  { 'module-name': name, 'module-path': path, language }: Settings,
  baseDir: string,
  volfileOptions: readonly VolfileOption[] = [],
): ModuleQuery {
  if (name === undefined)
    throw new InitError(describeMissingOption('module-name', 'which module?', volfileOptions));
  return { name, path, language, baseDir };
}

/** Finds and reads the module that a volume's options name. @throws {InitError} */
function findVolumeModule(
  { languages, machine }: HostingContext,
  xl: Xlator<GlupyState>,
  settings: Settings,
): HostedModule {
  const query = makeModuleQuery(settings, xl.context.baseDir, xl.volfileOptions);
  const module = findModule(query, languages, machine);
  machine.warnForeignWritable(xl, module.path);
  return module;
}

/**
 * Lists what a volume reaches: its module's folder, the folders that imports are searched in, packages and grants.
 * @throws {InitError}
 */
function listModuleReach(
  { languages, machine }: HostingContext,
  settings: Settings,
  baseDir: string,
): Reach[] {
  const { sources } = machine;
  const module = locateModule(makeModuleQuery(settings, baseDir), languages, machine);
  const { grants, packages } = findGrants(settings, baseDir, machine);
  // A module that is a link is read in the folder of its target.
  const ownFolders = new Set([module.path, sources.findRealPath(module.path)].map(dirname));
  // A folder that no option names is reached for its modules only: a volfile may be in a home directory. The bundled
  // examples are the server's own.
  const isImported = (folder: string): boolean =>
    settings['module-path'] !== undefined || listModules([folder], languages, sources).length > 0;
  const otherFolders = module.folders.filter(
    (folder) =>
      !ownFolders.has(folder) && !folder.startsWith(`${sources.installed}/`) && isImported(folder),
  );
  const listPaths = (paths: Iterable<string>, option: string, access: 'read' | 'write' = 'read') =>
    [...paths].flatMap((path) => reachPath(path, option, access));
  return [
    ...listPaths(ownFolders, 'module-name'),
    ...listPaths(otherFolders, 'module-path'),
    ...listPaths(packages, 'packages'),
    ...listPaths(grants.read, 'allow-read'),
    ...listPaths(grants.write, 'allow-write', 'write'),
  ];
}

/** Refuses options that this machine does not support. @throws {InitError} */
function refuseUnsupported({ unsupportedOptions }: Machine, settings: Settings): void {
  for (const [option, why] of Object.entries(unsupportedOptions)) {
    const value = settings[option as keyof Settings];
    // `false` and `none` do not use the option.
    if (value !== undefined && value !== false && value !== 'none')
      throw new InitError(`option ${option}: ${why}`);
  }
}

/**
 * Reads a module into an interpreter of its own.
 * @param createsTranslator true to make its translator, too
 * @throws for mistakes of the module's author
 */
async function loadModule(
  hosting: HostingContext,
  xl: Xlator<GlupyState>,
  owner: Owner,
  settings: Settings,
  module: HostedModule,
  grants: VolumeGrants,
  lineStops: LineStops | null,
  createsTranslator: boolean,
): Promise<Interpreter> {
  const { machine, options } = hosting;
  const limits = readLimits(settings, settings['memory-limit']);
  const interpreter = new Interpreter(xl, owner, limits, machine);
  try {
    const guest = await startGuest(hosting, xl, interpreter, settings, module, grants, lineStops);
    interpreter.attach(guest);
    interpreter.notes = updateNotes(xl, guest);
    const values = checkDescription(options, xl, module, guest);
    if (createsTranslator) {
      await guest.createTranslator(xl.name, listChildren(xl), values);
      const { files, fops: ownFops } = guest.description;
      const fops = Object.keys(files?.methods ?? ownFops).join(', ') || 'no fops';
      // A replacement may start while the volume ends.
      if (!owner.succession.isClosed) xl.log.info(`${module.path} loaded: ${fops}`);
    }
    return interpreter;
  } catch (error) {
    interpreter.discard();
    throw error;
  }
}

/**
 * Starts the module's guest, in this thread or one of its own.
 * @param lineStops null for this thread
 * @throws for mistakes of the module's author
 */
async function startGuest(
  { machine, loadThreadCode }: HostingContext,
  xl: Xlator<GlupyState>,
  interpreter: Interpreter,
  settings: Settings,
  module: HostedModule,
  grants: VolumeGrants,
  lineStops: LineStops | null,
): Promise<Guest> {
  const { api } = interpreter;
  const context: ModuleContext = xl.context;
  const shared: ThreadSettings = {
    volume: xl.name,
    timeLimitS: settings['time-limit'],
    memoryLimitBytes: settings['memory-limit'],
    ...grants,
    virtualTime: context.virtualTime === true,
  };
  if (lineStops !== null) {
    const { startInThread } = await loadThreadCode!();
    return startInThread({ xl, machine, lineStops }, interpreter, module, shared);
  }
  const start = await module.language.load();
  return start(module, api, {
    ...shared,
    machine,
    terminal: context.terminal,
    logNotice: (text) => xl.log.debug(text),
    logWarning: (text) => xl.log.warning(text, { msgid: messages.compileCacheUnusable.id }),
    warnForeignWritable: (path) => machine.warnForeignWritable(xl, path),
    log: (level, source, text) => api.log(level, source, text),
  });
}

/** Makes the line stops of a volume with a thread; null for a module in this thread. */
async function makeLineStops(
  { loadThreadCode }: HostingContext,
  settings: Settings,
  onChange: (isStopped: boolean) => void,
): Promise<LineStops | null> {
  if (settings.isolation !== 'thread' || loadThreadCode === undefined) return null;
  return (await loadThreadCode()).makeLineStops(onChange);
}

/**
 * Warns of likely mistakes in a module; returns the values of its options.
 * @throws {InitError | GraphError} for wrong options
 */
function checkDescription(
  options: HostingContext['options'],
  xl: Xlator<GlupyState>,
  { path, language: { syntax } }: HostedModule,
  guest: DescribedGuest,
): Record<string, unknown> {
  if (guest.description.files !== undefined && xl.below.length > 0)
    throw new InitError(`${path}: a file system by path (Files) has no subvolumes`);
  checkFilters(xl, path, guest.description);
  xl.warnSuspicious(findRemarks(guest, path, syntax));
  logFopGaps(xl, guest, path, syntax.passThroughDeclarations);
  return readModuleOptions(xl, options, guest.description.options, path);
}

/** Checks that a module which filters names or data leaves their fops to the host. @throws {InitError} */
function checkFilters(
  xl: Xlator<GlupyState>,
  path: string,
  { blocks, entrySeen, transformsData, fops, methods }: DescribedGuest['description'],
): void {
  const filters: [name: string, does: string, fops: readonly FopName[]][] = [];
  if (entrySeen !== undefined)
    filters.push([
      'entry_seen',
      'answers for each fop that shows names',
      listFilteredFops(entrySeen),
    ]);
  if (blocks !== undefined) filters.push(['block_size', 'has the host answer for data', DATA_FOPS]);
  if (transformsData === true)
    filters.push(['transform_read', 'has the host answer for data', DATA_FOPS]);
  if (filters.length === 0) return;
  const [[name, does, handled]] = filters as [(typeof filters)[number]];
  if (filters.length > 1)
    throw new InitError(
      `${path}: ${name} and ${filters[1]![0]} belong in two modules, one above the other`,
    );
  const problem = `${name} ${does}`;
  const own = handled.find((fop) => fops[fop] !== undefined);
  if (own !== undefined) {
    const method = methods.find(([method]) => method === own);
    const position = method === undefined ? path : `${method[1]}:${method[2]}`;
    throw new InitError(`${position}: ${problem}: the module cannot handle ${own} itself`);
  }
  const count = xl.below.length;
  if (count !== 1)
    throw new InitError(
      `${path}: ${problem} of one subvolume, and it has ${count === 0 ? "none: write 'subvolumes' with the one below" : count}`,
    );
}

const listChildren = (xl: Xlator<GlupyState>): (readonly [string, string])[] =>
  xl.below.map((child) => [child.name, child.type]);

/** Starts a volume's module. @throws for mistakes of the module's author */
async function initVolume(
  hosting: HostingContext,
  xl: Xlator<GlupyState>,
  settings: Settings,
): Promise<GlupyState> {
  // These options apply at the volume's start only.
  const { machine } = hosting;
  refuseUnsupported(machine, settings);
  for (const limitation of machine.limitations)
    xl.log.warning(limitation, { msgid: messages.optionWithoutEffect.id });
  const grants = findGrants(settings, xl.context.baseDir, machine);
  const grantedFolders = listGrantedFolders(grants, machine.sources);
  for (const path of grants.packages) machine.warnForeignWritable(xl, path);
  const lineStops = await makeLineStops(hosting, settings, (isStopped) => {
    for (const { pending } of host.interpreters) pending.noteStop(isStopped);
  });
  const host = new Host(xl, readPolicy(settings), async (owner, rereads) => {
    // A read from a mount that this process itself serves would block for ever.
    if (rereads || grantedFolders.length > 0) await glupy.checkMounts();
    const module = rereads ? findVolumeModule(hosting, xl, glupy.settings) : glupy.module;
    const interpreter = await loadModule(
      ...([hosting, xl, owner, glupy.settings, module, grants, lineStops, true] as const),
    );
    glupy.module = module;
    return interpreter;
  });
  const module = findVolumeModule(hosting, xl, settings);
  if (settings['time-limit'] > 0 && module.language.isInterrupted && lineStops === null)
    machine.startWatchdog();
  const checkMounts = machine.sources.makeMountCheck([...module.folders, ...grantedFolders]);
  const glupy: GlupyState = { host, settings, module, lineStops, checkMounts };
  await host.start();
  xl.copiesReads = true;
  // A start leaves much garbage.
  machine.collectGarbage();
  if (settings.reload) {
    host.stopWatching = machine.watchFolder(dirname(module.path), module.language.extensions, {
      onChange: () => void host.reload(),
      onFailure: (reason) =>
        xl.log.warning(`option reload: ${module.path} is not watched: ${reason}`, {
          msgid: messages.moduleNotWatched.id,
        }),
    });
  }
  return glupy;
}

/** Reads the module in the sandbox, without running its `init`. @throws {GraphError} */
async function checkModule(
  hosting: HostingContext,
  xl: Xlator<GlupyState>,
  settings: Settings,
): Promise<void> {
  const problems: string[] = [];
  // Collects an option's error, so that one check reports all.
  const attempt = <T>(action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof InitError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const { machine } = hosting;
  attempt(() => refuseUnsupported(machine, settings));
  const policy = attempt(() => readPolicy(settings));
  const grants = attempt(() => findGrants(settings, xl.context.baseDir, machine));
  const module = attempt(() => findVolumeModule(hosting, xl, settings));
  if (problems.length > 0) throw new GraphError(problems);
  const description = await module!.language.describe?.(module!, {
    machine,
    memoryLimitBytes: settings['memory-limit'],
  });
  if (description !== undefined) {
    checkDescription(hosting.options, xl, module!, { description });
    return;
  }
  // An interpreter needs an owner; this one starts nothing.
  const owner = new Host(xl, policy!, () => Promise.reject(new Error('nothing is started')));
  const lineStops = await makeLineStops(hosting, settings, () => {});
  const interpreter = await loadModule(
    ...([hosting, xl, owner, settings, module!, grants!, lineStops, false] as const),
  );
  interpreter.discard();
  await interpreter.guest.thread?.whenEnded;
}

/**
 * Applies changed options: to the running interpreter if its module has a `reconfigure` and the
 * host's own options are unchanged; otherwise reads the module again into a new one.
 */
function reconfigureVolume(
  { options }: HostingContext,
  xl: Xlator<GlupyState>,
  settings: Settings,
): void {
  const glupy = xl.priv;
  const { interpreter } = glupy.host;
  const policy = readPolicy(settings);
  const { options: declaredOptions } = interpreter.guest.description;
  const moduleValues = JSON.stringify(
    readModuleOptions(xl, options, declaredOptions, glupy.module.path),
  );
  const hostKeys = Object.keys(options).filter(
    (key) => !(key in failureOptions),
  ) as (keyof Settings)[];
  const areHostOptionsSame = hostKeys.every((key) => settings[key] === glupy.settings[key]);
  glupy.settings = settings;
  glupy.host.setPolicy(policy);
  for (const hostedInterpreter of glupy.host.interpreters)
    hostedInterpreter.setLimits(readLimits(settings, settings['memory-limit']));
  if (areHostOptionsSame && interpreter.hasHook('reconfigure')) {
    interpreter.enterFor(() => interpreter.guest.callHook('reconfigure', [moduleValues]));
    announceChangedReplies(xl as Xlator);
  } else if (!areHostOptionsSame || Object.keys(declaredOptions).length > 0) {
    void glupy.host.reload();
  }
}

/**
 * Makes the translator for modules in these languages, on this machine.
 * @param loadThreadCode loads the code for `option isolation thread`
 */
export function makeGlupy(
  languages: readonly HostedLanguage[],
  machine: Machine,
  loadThreadCode?: () => Promise<ThreadCode>,
) {
  const options = makeOptions(languages);
  const hosting: HostingContext = { languages, machine, options, loadThreadCode };
  return defineTranslator<GlupyState, typeof options>({
    type: 'features/glupy',
    description: 'Runs a translator written in another language.',
    children: [0, Number.POSITIVE_INFINITY],
    options,
    openOptions: true,
    ...hostFunctions,
    reach: (settings, baseDir) => listModuleReach(hosting, settings, baseDir),
    init: (xl, settings) => initVolume(hosting, xl, settings),
    check: (xl, settings) => checkModule(hosting, xl, settings),
    reconfigure: (xl, settings) => reconfigureVolume(hosting, xl, settings),
    script: describeModule,
  });
}
