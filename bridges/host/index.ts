/**
 * features/glupy: the host translator. It loads a translator written in another language, named by
 * `option module-name`, into an interpreter of its own, and is that translator from then on.
 *
 * Options beyond those below are the module's: it declares them, and they are checked the same way.
 */

import { GraphError, InitError } from '../../runtime/core/errors.ts';
import type { LineStops, Script, ScriptMethod } from '../../runtime/core/line-stops.ts';
import { messages } from '../../runtime/core/messages.ts';
import { defineOptions, missingOption, type Values } from '../../runtime/core/options.ts';
import {
  announceChangedReplies,
  defineTranslator,
  type Xlator,
} from '../../runtime/core/xlator.ts';
import { remarksOn, tellLeftOut } from './advice/module-remarks.ts';
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
import { findGrants, foldersOf, type Granted, grantOptions } from './limits/grants.ts';
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

type Given = Values<ReturnType<typeof optionsFor>>;

interface Choice {
  readonly machine: Machine;
  readonly languages: readonly HostedLanguage[];
  readonly options: ReturnType<typeof optionsFor>;
}

/** What a volume of this type keeps. */
export interface Glupy extends Hosted<Host> {
  given: Given;
  module: FoundModule & { readonly language: HostedLanguage };
  /** @throws {InitError} when the folders that were searched or granted are covered now */
  readonly refuseCovered: () => Promise<void>;
}

/** What a prompt asks of a volume, wherever its module is. */
export interface Prompted {
  readonly language: string;
  /** Of the module's file. */
  readonly path: string;
  /** A line; what it asks the children is wound at once. */
  evaluate(source: string): Promise<Evaluation>;
}

/** What the options say of a volume whose module is in a thread of its own. */
export interface ThreadSettings {
  readonly policy: Policy;
  readonly limits: Limits;
  /** Seconds of one call; 0 for no limit. */
  readonly timeLimit: number;
}

/** Such a volume (isolation/main/volume.ts). */
export interface ThreadVolume extends ModuleVolume, Prompted {
  /** Null for a language that stops at methods alone. */
  readonly lines: LineStops | null;
  readonly methods: readonly ScriptMethod[];
  /** @throws {GraphError | InitError} what the module's author did wrong */
  start(): Promise<void>;
  /** Reads the module, and starts nothing. @throws as `start` */
  check(): Promise<void>;
  /** @throws {GraphError | Error} what the module has against the volume's options */
  reconfigure(settings: ThreadSettings): void;
}

/** Makes one. Most volumes have no thread: its code is loaded for the first that has. */
export type MakeThreadVolume = (
  xl: Xlator,
  machine: Machine,
  settings: ThreadSettings,
) => Promise<ThreadVolume>;

type Volume = Glupy | Hosted<ThreadVolume>;

const isHere = (priv: Volume): priv is Glupy => 'module' in priv;

export function promptOf({ priv }: Xlator<Volume>): Prompted {
  if (!isHere(priv)) return priv.host;
  const { host, module } = priv;
  return {
    language: host.interpreter.guest.language,
    path: module.path,
    evaluate: (source) => host.interpreter.evaluate(source),
  };
}

function scriptOf({ name, priv }: Xlator<Volume>): Script {
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

function find({ languages, machine }: Choice, xl: Xlator<Glupy>, given: Given): Glupy['module'] {
  const name = given['module-name'];
  if (name === undefined)
    throw new InitError(missingOption('module-name', 'which module?', xl.given));
  const { baseDir } = xl.context;
  const { language, 'module-path': path } = given;
  const module = findModule({ name, path, language, baseDir }, languages, machine);
  machine.checkForeign(xl, module.path);
  return module;
}

/** @throws {InitError} for options that this machine cannot keep */
function refuseImpossible({ cannot }: Machine, given: Given): void {
  for (const [option, why] of Object.entries(cannot)) {
    const value = given[option as keyof Given];
    if (value !== undefined && value !== false && value !== 'none')
      throw new InitError(`option ${option}: ${why}`);
  }
}

/**
 * Reads a module into an interpreter of its own.
 * @param creates whether its translator is made
 * @throws what the module's author did wrong
 */
async function load(
  { machine, options }: Choice,
  xl: Xlator<Glupy>,
  owner: Owner,
  given: Given,
  module: Glupy['module'],
  granted: Granted,
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
    xl.warnSuspicious(remarksOn(guest, module.path, writing));
    tellLeftOut(xl, guest, module.path, writing.passesThrough);
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

async function init(choice: Choice, xl: Xlator<Glupy>, given: Given): Promise<Glupy> {
  // These options are those of the volume's start: none of them can be changed while it runs.
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
async function check(choice: Choice, xl: Xlator<Glupy>, given: Given): Promise<void> {
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

/** Applies what can be to the interpreter that runs; for the rest a new one takes over. */
function reconfigure({ options }: Choice, xl: Xlator<Glupy>, given: Given): void {
  const glupy = xl.priv;
  const { interpreter } = glupy.host;
  const policy = policyOf(given);
  const { options: declared } = interpreter.guest.description;
  const values = JSON.stringify(moduleOptions(xl, options, declared, glupy.module.path));
  const own = Object.keys(options).filter((key) => !(key in failureOptions)) as (keyof Given)[];
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

/** @throws {InitError} for a policy that is none */
const threadSettings = (given: Given): ThreadSettings => ({
  policy: policyOf(given),
  limits: limitsOf(given, given['memory-limit']),
  timeLimit: given['time-limit'],
});

/**
 * The translator, for modules in these languages, on this machine.
 * @param makeThread makes volumes with `option isolation thread`
 */
export function glupyFor(
  languages: readonly HostedLanguage[],
  machine: Machine,
  makeThread?: MakeThreadVolume,
) {
  const options = optionsFor(languages);
  const choice: Choice = { languages, machine, options };
  /** Undefined for a volume whose module is here. @throws {InitError} where the machine has no threads */
  const inThread = async (xl: Xlator<Volume>, given: Given): Promise<ThreadVolume | undefined> => {
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
