/**
 * features/glupy, the host translator: loads a module, named by `option module-name`, into an
 * interpreter of its own and serves as that translator.
 *
 * Further options are declared by the module, and checked the same way.
 */

import { GraphError, InitError } from '../../runtime/core/errors.ts';
import type { DebuggableModule, LineStops, ScriptMethod } from '../../runtime/core/line-stops.ts';
import { messages } from '../../runtime/core/messages.ts';
import { defineOptions, missingOption, type Values } from '../../runtime/core/options.ts';
import {
  announceChangedReplies,
  defineTranslator,
  type Xlator,
} from '../../runtime/core/xlator.ts';
import { findRemarks, logOmittedFops } from './advice/module-remarks.ts';
import type { Evaluation, Guest } from './guest.ts';
import type { FoundModule, HostedLanguage, ModuleContext } from './language.ts';
import {
  failureOptions,
  type Limits,
  limitsOf,
  type Owner,
  type Policy,
  policyOf,
} from './lifecycle/failure-policy.ts';
import { Host, type Hosted, hosted, type ModuleVolume } from './lifecycle/host.ts';
import { Interpreter } from './lifecycle/interpreter.ts';
import { moduleOptions } from './lifecycle/module-options.ts';
import { findModule } from './lifecycle/module-search.ts';
import { findGrants, foldersOf, grantOptions, type VolumeGrants } from './limits/grants.ts';
import type { Machine } from './machine.ts';
import { dirname } from './paths.ts';
import { notesOf } from './requests/notes.ts';

const optionsFor = (languages: readonly HostedLanguage[]) =>
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

type Settings = Values<ReturnType<typeof optionsFor>>;

interface Hosting {
  readonly machine: Machine;
  readonly languages: readonly HostedLanguage[];
  readonly options: ReturnType<typeof optionsFor>;
}

/** The state of a volume of this type. */
export interface Glupy extends Hosted<Host> {
  given: Settings;
  module: FoundModule & { readonly language: HostedLanguage };
  /** @throws {InitError} when a mount has covered a searched or granted folder */
  readonly refuseCovered: () => Promise<void>;
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
  readonly timeLimit: number;
}

/** A volume whose module runs in a thread (isolation/main/volume.ts). */
export interface ThreadVolume extends ModuleVolume, PromptTarget {
  /** Null for a language without breakpoints at lines. */
  readonly lines: LineStops | null;
  readonly methods: readonly ScriptMethod[];
  /** @throws {GraphError | InitError} for mistakes of the module's author */
  start(): Promise<void>;
  /** Reads the module without starting it. @throws as `start` */
  check(): Promise<void>;
  /** @throws {GraphError | Error} when the module rejects the volume's options */
  reconfigure(settings: ThreadSettings): void;
}

/** Makes a threaded volume; loads that code on first use, as most volumes have no thread. */
export type MakeThreadVolume = (
  xl: Xlator,
  machine: Machine,
  settings: ThreadSettings,
) => Promise<ThreadVolume>;

type Volume = Glupy | Hosted<ThreadVolume>;

const isHere = (priv: Volume): priv is Glupy => 'module' in priv;

export function promptOf({ priv }: Xlator<Volume>): PromptTarget {
  if (!isHere(priv)) return priv.host;
  const { host, module } = priv;
  return {
    language: host.interpreter.guest.language,
    path: module.path,
    evaluate: (source) => host.interpreter.evaluate(source),
  };
}

function scriptOf({ name, priv }: Xlator<Volume>): DebuggableModule {
  const { guest } = isHere(priv) ? priv.host.interpreter : { guest: null };
  const lines = isHere(priv) ? null : priv.host.lines;
  const methods = isHere(priv) ? methodsOf(priv.host.interpreter.guest) : priv.host.methods;
  const { language, path } = promptOf({ priv } as Xlator<Volume>);
  const methodsOnly = lines === null && guest?.line === undefined;
  const why = methodsOnly
    ? `volume '${name}' is written in ${language}, which stops at methods`
    : `volume '${name}' stops at lines only with option isolation thread`;
  return { language, path, methods, lines, methodsOnly, why };
}

export const methodsOf = ({ description }: Guest): ScriptMethod[] =>
  description.methods.map(([name, file, line]) => ({ name, file, line }));

function find(
  { languages, machine }: Hosting,
  xl: Xlator<Glupy>,
  given: Settings,
): Glupy['module'] {
  const name = given['module-name'];
  if (name === undefined)
    throw new InitError(missingOption('module-name', 'which module?', xl.given));
  const { baseDir } = xl.context;
  const { language, 'module-path': path } = given;
  const module = findModule({ name, path, language, baseDir }, languages, machine);
  machine.checkForeign(xl, module.path);
  return module;
}

/** @throws {InitError} for options that this machine does not support */
function refuseImpossible({ cannot }: Machine, given: Settings): void {
  for (const [option, why] of Object.entries(cannot)) {
    const value = given[option as keyof Settings];
    if (value !== undefined && value !== false && value !== 'none')
      throw new InitError(`option ${option}: ${why}`);
  }
}

/**
 * Reads a module into an interpreter of its own.
 * @param creates true to make its translator, too
 * @throws for mistakes of the module's author
 */
async function load(
  { machine, options }: Hosting,
  xl: Xlator<Glupy>,
  owner: Owner,
  given: Settings,
  module: Glupy['module'],
  granted: VolumeGrants,
  creates: boolean,
): Promise<Interpreter> {
  const interpreter = new Interpreter(xl, owner, limitsOf(given, given['memory-limit']), machine);
  const { api } = interpreter;
  const context: ModuleContext = xl.context;
  try {
    const start = await module.language.load();
    const guest = await start(module, api, {
      machine,
      volume: xl.name,
      timeLimit: given['time-limit'],
      memoryLimit: given['memory-limit'],
      ...granted,
      terminal: context.terminal,
      lines: context.lineDebugger,
      virtualTime: context.virtualTime === true,
      notice: (text) => xl.log.debug(text),
      warn: (text) => xl.log.warning(text, { msgid: messages.cacheDoubt.id }),
      checkForeign: (path) => machine.checkForeign(xl, path),
      log: (level, source, text) => api.log(level, source, text),
    });
    interpreter.attach(guest);
    interpreter.notes = notesOf(xl, guest);
    const { writing } = module.language;
    xl.warnSuspicious(findRemarks(guest, module.path, writing));
    logOmittedFops(xl, guest, module.path, writing.passesThrough);
    const values = moduleOptions(xl, options, guest.description.options, module.path);
    if (creates) {
      guest.create(xl.name, children(xl), values);
      const fops = Object.keys(guest.description.fops).join(', ') || 'no fops';
      xl.log.info(`${module.path} loaded: ${fops}`);
    }
    return interpreter;
  } catch (error) {
    interpreter.discard();
    throw error;
  }
}

const children = (xl: Xlator<Glupy>): (readonly [string, string])[] =>
  xl.below.map((child) => [child.name, child.type]);

async function init(choice: Hosting, xl: Xlator<Glupy>, given: Settings): Promise<Glupy> {
  // These options apply at the volume's start only.
  const { machine } = choice;
  refuseImpossible(machine, given);
  for (const note of machine.notes) xl.log.warning(note, { msgid: messages.cacheDoubt.id });
  const granted = findGrants(given, xl.context.baseDir, machine);
  const grantedFolders = foldersOf(granted, machine.sources);
  for (const path of granted.packages) machine.checkForeign(xl, path);
  const host = new Host(xl, policyOf(given), async (owner, fresh) => {
    if (fresh || grantedFolders.length > 0) await glupy.refuseCovered();
    const module = fresh ? find(choice, xl, glupy.given) : glupy.module;
    const interpreter = await load(choice, xl, owner, glupy.given, module, granted, true);
    glupy.module = module;
    return interpreter;
  });
  const module = find(choice, xl, given);
  const folders = [...module.folders, ...grantedFolders];
  const refuseCovered = machine.sources.watchOver(folders);
  const glupy: Glupy = { host, given, module, refuseCovered };
  await host.start();
  if (given.reload) {
    host.unwatch = machine.watchFolder(dirname(module.path), module.language.extensions, {
      changed: () => void host.reload(),
      failed: (why) =>
        xl.log.warning(`option reload: ${module.path} is not watched: ${why}`, {
          msgid: messages.notWatched.id,
        }),
    });
  }
  return glupy;
}

/** Reads the module in the sandbox, without running its `init`. @throws {GraphError} */
async function check(choice: Hosting, xl: Xlator<Glupy>, given: Settings): Promise<void> {
  const problems: string[] = [];
  const attempt = <T>(what: () => T): T | undefined => {
    try {
      return what();
    } catch (error) {
      if (!(error instanceof InitError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };
  const { machine } = choice;
  attempt(() => refuseImpossible(machine, given));
  const policy = attempt(() => policyOf(given));
  const granted = attempt(() => findGrants(given, xl.context.baseDir, machine));
  const module = attempt(() => find(choice, xl, given));
  if (problems.length > 0) throw new GraphError(problems);
  const owner = new Host(xl, policy!, () => Promise.reject(new Error('nothing is started')));
  const interpreter = await load(choice, xl, owner, given, module!, granted!, false);
  interpreter.discard();
}

/** Applies options to the running interpreter; those it cannot take start a new one. */
function reconfigure({ options }: Hosting, xl: Xlator<Glupy>, given: Settings): void {
  const glupy = xl.priv;
  const { interpreter } = glupy.host;
  const policy = policyOf(given);
  const { options: declared } = interpreter.guest.description;
  const values = JSON.stringify(moduleOptions(xl, options, declared, glupy.module.path));
  const own = Object.keys(options).filter((key) => !(key in failureOptions)) as (keyof Settings)[];
  const same = own.every((key) => given[key] === glupy.given[key]);
  glupy.given = given;
  glupy.host.setPolicy(policy);
  for (const each of glupy.host.interpreters)
    each.setLimits(limitsOf(given, given['memory-limit']));
  if (same && interpreter.has('reconfigure')) {
    interpreter.enterFor(() => interpreter.guest.hook('reconfigure', [values]));
    announceChangedReplies(xl as Xlator);
  } else if (!same || Object.keys(declared).length > 0) {
    void glupy.host.reload();
  }
}

/** @throws {InitError} for an unknown policy */
const threadSettings = (given: Settings): ThreadSettings => ({
  policy: policyOf(given),
  limits: limitsOf(given, given['memory-limit']),
  timeLimit: given['time-limit'],
});

/**
 * Makes the translator for modules in these languages, on this machine.
 * @param makeThread makes volumes with `option isolation thread`
 */
export function glupyFor(
  languages: readonly HostedLanguage[],
  machine: Machine,
  makeThread?: MakeThreadVolume,
) {
  const options = optionsFor(languages);
  const choice: Hosting = { languages, machine, options };
  /** Undefined for a module in this thread. @throws {InitError} on a machine without threads */
  const inThread = async (
    xl: Xlator<Volume>,
    given: Settings,
  ): Promise<ThreadVolume | undefined> => {
    if (given.isolation !== 'thread' || makeThread === undefined) return undefined;
    refuseImpossible(machine, given);
    return makeThread(xl as Xlator, machine, threadSettings(given));
  };
  return defineTranslator<Volume, typeof options>({
    type: 'features/glupy',
    description: 'Runs a translator written in another language.',
    children: [0, Number.POSITIVE_INFINITY],
    options,
    openOptions: true,
    ...hosted,
    async init(xl, given) {
      const host = await inThread(xl, given);
      if (host === undefined) return init(choice, xl as Xlator<Glupy>, given);
      await host.start();
      return { host };
    },
    async check(xl, given) {
      const host = await inThread(xl, given);
      await (host === undefined ? check(choice, xl as Xlator<Glupy>, given) : host.check());
    },
    reconfigure(xl, given) {
      if (isHere(xl.priv)) reconfigure(choice, xl as Xlator<Glupy>, given);
      else xl.priv.host.reconfigure(threadSettings(given));
    },
    script: scriptOf,
  });
}
