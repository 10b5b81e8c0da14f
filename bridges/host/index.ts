/**
 * Makes features/glupy, the host translator. It loads the module of `option module-name` into an
 * interpreter of its own, and passes the volume's fops to it. Options that the module declares are
 * checked like glupy's own.
 */

import { GraphError, InitError } from '../../runtime/core/errors.ts';
import type { DebuggableModule, LineStops, ModuleMethod } from '../../runtime/core/line-stops.ts';
import { messages } from '../../runtime/core/messages.ts';
import { defineOptions, describeMissingOption, type Values } from '../../runtime/core/options.ts';
import {
  announceChangedReplies,
  defineTranslator,
  type Xlator,
} from '../../runtime/core/xlator.ts';
import { type DescribedGuest, findRemarks, logFopGaps } from './advice/module-remarks.ts';
import type { Evaluation, Guest } from './guest.ts';
import type { HostedLanguage, ModuleContext, ModuleFile } from './language.ts';
import {
  failureOptions,
  type Limits,
  type Owner,
  type Policy,
  readLimits,
  readPolicy,
} from './lifecycle/failure-policy.ts';
import { Host, type HostState, hostFunctions, type ModuleVolume } from './lifecycle/host.ts';
import { Interpreter } from './lifecycle/interpreter.ts';
import { readModuleOptions } from './lifecycle/module-options.ts';
import { findModule } from './lifecycle/module-search.ts';
import {
  findGrants,
  grantOptions,
  listGrantedFolders,
  type VolumeGrants,
} from './limits/grants.ts';
import type { Machine } from './machine.ts';
import { dirname } from './paths.ts';
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
}

/** The state of a volume of this type. */
export interface GlupyState extends HostState<Host> {
  settings: Settings;
  module: ModuleFile & { readonly language: HostedLanguage };
  /** Rejects when a mount has covered a searched or granted folder. @throws {InitError} */
  readonly checkMounts: () => Promise<void>;
}

/** A volume as a prompt uses it, in this thread or another. */
export interface PromptTarget {
  readonly language: string;
  /** The module's file. */
  readonly path: string;
  /** Runs a line; requests that it sends to children are wound at once. */
  evaluate(source: string): Promise<Evaluation>;
}

/** Options of a volume whose module runs in a thread of its own. */
export interface ThreadSettings {
  readonly policy: Policy;
  readonly limits: Limits;
  /** Seconds that a call may take; 0 for no limit. */
  readonly timeLimitS: number;
}

/** A volume whose module runs in a thread (isolation/main/volume.ts). */
export interface ThreadVolume extends ModuleVolume, PromptTarget {
  /** Null for a language without breakpoints at lines. */
  readonly lines: LineStops | null;
  readonly methods: readonly ModuleMethod[];
  /**
   * Starts the thread and the module.
   * @throws {GraphError | InitError} for the author's mistakes
   */
  start(): Promise<void>;
  /** Reads the module without starting it. @throws as `start` */
  check(): Promise<void>;
  /** Applies changed options. @throws {GraphError | Error} when the module rejects them */
  reconfigure(settings: ThreadSettings): void;
}

/** Makes a threaded volume; loads that code on first use, as most volumes have no thread. */
export type MakeThreadVolume = (
  xl: Xlator,
  machine: Machine,
  settings: ThreadSettings,
) => Promise<ThreadVolume>;

/** The state of a volume whose module runs in this thread, or in one of its own. */
type GlupyVolumeState = GlupyState | HostState<ThreadVolume>;

const runsInThisThread = (priv: GlupyVolumeState): priv is GlupyState => 'module' in priv;

/** Returns the prompt of a glupy volume, for `glossa repl`. */
export function findPromptTarget({ priv }: Xlator<GlupyVolumeState>): PromptTarget {
  if (!runsInThisThread(priv)) return priv.host;
  const { host, module } = priv;
  return {
    language: host.interpreter.guest.language,
    path: module.path,
    evaluate: (source) => host.interpreter.evaluate(source),
  };
}

/** Describes a volume's module for a debugger: its methods, and whether it stops at lines. */
function describeModule({ name, priv }: Xlator<GlupyVolumeState>): DebuggableModule {
  const { guest } = runsInThisThread(priv) ? priv.host.interpreter : { guest: null };
  const lines = runsInThisThread(priv) ? null : priv.host.lines;
  const methods = runsInThisThread(priv)
    ? listMethods(priv.host.interpreter.guest)
    : priv.host.methods;
  const { language, path } = findPromptTarget({ priv } as Xlator<GlupyVolumeState>);
  const stopsAtMethodsOnly = lines === null && guest?.runLineCommand === undefined;
  const noLinesReason = stopsAtMethodsOnly
    ? `volume '${name}' is written in ${language}, which stops at methods`
    : `volume '${name}' stops at lines only with option isolation thread`;
  return { language, path, methods, lines, stopsAtMethodsOnly, noLinesReason };
}

/** Lists the methods of a module, at which a debugger can stop. */
export const listMethods = ({ description }: Guest): ModuleMethod[] =>
  description.methods.map(([name, file, line]) => ({ name, file, line }));

/** Finds and reads the module that a volume's options name. @throws {InitError} */
function findVolumeModule(
  { languages, machine }: HostingContext,
  xl: Xlator<GlupyState>,
  settings: Settings,
): GlupyState['module'] {
  const name = settings['module-name'];
  if (name === undefined)
    throw new InitError(describeMissingOption('module-name', 'which module?', xl.volfileOptions));
  const { baseDir } = xl.context;
  const { language, 'module-path': path } = settings;
  const module = findModule({ name, path, language, baseDir }, languages, machine);
  machine.warnForeignWritable(xl, module.path);
  return module;
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
  { machine, options }: HostingContext,
  xl: Xlator<GlupyState>,
  owner: Owner,
  settings: Settings,
  module: GlupyState['module'],
  grants: VolumeGrants,
  createsTranslator: boolean,
): Promise<Interpreter> {
  const interpreter = new Interpreter(
    xl,
    owner,
    readLimits(settings, settings['memory-limit']),
    machine,
  );
  const { api } = interpreter;
  const context: ModuleContext = xl.context;
  try {
    const start = await module.language.load();
    const guest = await start(module, api, {
      machine,
      volume: xl.name,
      timeLimitS: settings['time-limit'],
      memoryLimitBytes: settings['memory-limit'],
      ...grants,
      terminal: context.terminal,
      lines: context.lineDebugger,
      virtualTime: context.virtualTime === true,
      logNotice: (text) => xl.log.debug(text),
      logWarning: (text) => xl.log.warning(text, { msgid: messages.compileCacheUnusable.id }),
      warnForeignWritable: (path) => machine.warnForeignWritable(xl, path),
      log: (level, source, text) => api.log(level, source, text),
    });
    interpreter.attach(guest);
    interpreter.notes = updateNotes(xl, guest);
    const values = checkDescription(options, xl, module, guest);
    if (createsTranslator) {
      guest.createTranslator(xl.name, listChildren(xl), values);
      const fops = Object.keys(guest.description.fops).join(', ') || 'no fops';
      xl.log.info(`${module.path} loaded: ${fops}`);
    }
    return interpreter;
  } catch (error) {
    interpreter.discard();
    throw error;
  }
}

/**
 * Warns of likely mistakes in a module; returns the values of its options.
 * @throws {InitError | GraphError} for wrong options
 */
function checkDescription(
  options: HostingContext['options'],
  xl: Xlator<GlupyState>,
  { path, language: { syntax } }: GlupyState['module'],
  guest: DescribedGuest,
): Record<string, unknown> {
  xl.warnSuspicious(findRemarks(guest, path, syntax));
  logFopGaps(xl, guest, path, syntax.passThroughDeclarations);
  return readModuleOptions(xl, options, guest.description.options, path);
}

const listChildren = (xl: Xlator<GlupyState>): (readonly [string, string])[] =>
  xl.below.map((child) => [child.name, child.type]);

/** Starts a volume's module in this thread. @throws for mistakes of the module's author */
async function initInThisThread(
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
  const host = new Host(xl, readPolicy(settings), async (owner, rereads) => {
    // A read from a mount that this process itself serves would block for ever.
    if (rereads || grantedFolders.length > 0) await glupy.checkMounts();
    const module = rereads ? findVolumeModule(hosting, xl, glupy.settings) : glupy.module;
    const interpreter = await loadModule(hosting, xl, owner, glupy.settings, module, grants, true);
    glupy.module = module;
    return interpreter;
  });
  const module = findVolumeModule(hosting, xl, settings);
  if (settings['time-limit'] > 0 && module.language.isInterrupted) machine.startWatchdog();
  const checkMounts = machine.sources.makeMountCheck([...module.folders, ...grantedFolders]);
  const glupy: GlupyState = { host, settings, module, checkMounts };
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
  const interpreter = await loadModule(hosting, xl, owner, settings, module!, grants!, false);
  interpreter.discard();
}

/**
 * Applies changed options: to the running interpreter if its module has a `reconfigure` and the
 * host's own options are unchanged; otherwise reads the module again into a new one.
 */
function reconfigureInThisThread(
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

/** Reads the options that a volume in a thread uses. @throws {InitError} for an unknown errno */
const makeThreadSettings = (settings: Settings): ThreadSettings => ({
  policy: readPolicy(settings),
  limits: readLimits(settings, settings['memory-limit']),
  timeLimitS: settings['time-limit'],
});

/**
 * Makes the translator for modules in these languages, on this machine.
 * @param makeThread makes volumes with `option isolation thread`
 */
export function makeGlupy(
  languages: readonly HostedLanguage[],
  machine: Machine,
  makeThread?: MakeThreadVolume,
) {
  const options = makeOptions(languages);
  const hosting: HostingContext = { languages, machine, options };
  /**
   * Makes a threaded volume; undefined for a module in this thread.
   * @throws {InitError} on a machine without threads
   */
  const makeThreadIfIsolated = async (
    xl: Xlator<GlupyVolumeState>,
    settings: Settings,
  ): Promise<ThreadVolume | undefined> => {
    if (settings.isolation !== 'thread' || makeThread === undefined) return undefined;
    refuseUnsupported(machine, settings);
    return makeThread(xl as Xlator, machine, makeThreadSettings(settings));
  };
  return defineTranslator<GlupyVolumeState, typeof options>({
    type: 'features/glupy',
    description: 'Runs a translator written in another language.',
    children: [0, Number.POSITIVE_INFINITY],
    options,
    openOptions: true,
    ...hostFunctions,
    async init(xl, settings) {
      const host = await makeThreadIfIsolated(xl, settings);
      if (host === undefined) return initInThisThread(hosting, xl as Xlator<GlupyState>, settings);
      await host.start();
      return { host };
    },
    async check(xl, settings) {
      const host = await makeThreadIfIsolated(xl, settings);
      await (host === undefined
        ? checkModule(hosting, xl as Xlator<GlupyState>, settings)
        : host.check());
    },
    reconfigure(xl, settings) {
      if (runsInThisThread(xl.priv))
        reconfigureInThisThread(hosting, xl as Xlator<GlupyState>, settings);
      else xl.priv.host.reconfigure(makeThreadSettings(settings));
    },
    script: describeModule,
  });
}
