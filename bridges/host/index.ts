/**
 * features/glupy: the host translator. It loads a translator written in another language, named by
 * `option module-name`, into an interpreter of its own, and is that translator from then on.
 *
 * Options beyond those below are the module's: it declares them, and they are checked the same way.
 */

import type { Client } from '../../runtime/core/client.ts';
import { GraphError, InitError } from '../../runtime/core/errors.ts';
import type { EventName } from '../../runtime/core/events.ts';
import type { Fd } from '../../runtime/core/fd.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import type { LineStops, Script, ScriptMethod } from '../../runtime/core/lines.ts';
import { messages } from '../../runtime/core/messages.ts';
import { defineOptions, missingOption, type Values } from '../../runtime/core/options.ts';
import {
  answersAnew,
  defineTranslator,
  type Fops,
  type Xlator,
} from '../../runtime/core/xlator.ts';
import { remarksOn } from './advice/method-names.ts';
import { tellLeftOut } from './advice/undefined-fops.ts';
import type { Evaluation, Guest } from './guest.ts';
import type { FoundModule, HostedLanguage } from './language.ts';
import { Host } from './lifecycle/host.ts';
import {
  failureOptions,
  type Hosted,
  type HostedParts,
  handStateOver,
  hosted,
  limitsOf,
  policyOf,
  type Stateful,
} from './lifecycle/hosted-volume.ts';
import { Interpreter } from './lifecycle/interpreter.ts';
import { moduleOptions } from './lifecycle/module-options.ts';
import { findModule } from './lifecycle/module-search.ts';
import type { Owner } from './lifecycle/owner.ts';
import { findGrants, foldersOf, type Granted, grantOptions } from './limits/grants.ts';
import type { Machine } from './machine.ts';
import type { ModuleContext } from './module-context.ts';
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

export type Given = Values<ReturnType<typeof optionsFor>>;

/** What there is to choose from, and the options that say so. */
interface Choice {
  readonly machine: Machine;
  readonly languages: readonly HostedLanguage[];
  readonly options: ReturnType<typeof optionsFor>;
}

/** What a volume of this type keeps. */
export interface Glupy extends Hosted {
  given: Given;
  /** The module as it was last read. */
  module: FoundModule & { readonly language: HostedLanguage };
  /** @throws {InitError} when the folders that were searched or granted are covered now */
  readonly refuseCovered: () => Promise<void>;
  unwatch(): void;
}

/** What a prompt asks of a volume, wherever its module is. */
export interface Prompted {
  readonly language: string;
  /** Of the module's file. */
  readonly path: string;
  /** A line; what it asks the children is wound at once. */
  evaluate(source: string): Promise<Evaluation>;
}

/** What a volume of this type keeps whose module is in another thread. */
export interface InThread {
  readonly volume: Stateful &
    Prompted & { readonly lines: LineStops; readonly methods: readonly ScriptMethod[] };
}

export function promptOf({ priv }: Xlator<Glupy | InThread>): Prompted {
  if ('volume' in priv) return priv.volume;
  const { host, module } = priv;
  return {
    language: host.interpreter.guest.language,
    path: module.path,
    evaluate: (source) => host.interpreter.evaluate(source),
  };
}

function scriptOf(xl: Xlator<Glupy | InThread>): Script {
  const { name, priv } = xl;
  const { language, path } = promptOf(xl);
  if ('volume' in priv) {
    const { methods, lines } = priv.volume;
    const why = `volume '${name}' is written in ${language}, which stops at methods`;
    return { language, path, methods, lines: language === 'python' ? lines : null, why };
  }
  const methods = methodsOf(priv.host.interpreter.guest);
  const why =
    language === 'python'
      ? `volume '${name}' stops at lines only with option isolation thread`
      : `volume '${name}' is written in ${language}, which stops at methods`;
  return { language, path, methods, lines: null, why };
}

/** The methods of the author's, for a debugger. */
export const methodsOf = ({ description }: Guest): ScriptMethod[] =>
  description.methods.map(([name, file, line]) => ({ name, file, line }));

/** The parts of the record that depend on where the module is. */
export type Way<P> = Omit<HostedParts<P>, 'inherit'> & {
  init(xl: Xlator<P>, given: Given): Promise<P>;
  check(xl: Xlator<P>, given: Given): Promise<void>;
  reconfigure(xl: Xlator<P>, given: Given): void;
};

/** Reads the module that the options name. */
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

interface Loaded {
  readonly interpreter: Interpreter;
  /** Of the module's options. */
  readonly values: object;
}

/** Reads a module into an interpreter of its own. @throws what the module's author did wrong */
async function load(
  { machine, options }: Choice,
  xl: Xlator<Glupy>,
  owner: Owner,
  given: Given,
  module: Glupy['module'],
  granted: Granted,
): Promise<Loaded> {
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
    xl.doubt(remarksOn(guest, module.path));
    tellLeftOut(xl, guest, module.path);
    const values = moduleOptions(xl, options, guest.description.options, module.path);
    return { interpreter, values };
  } catch (error) {
    interpreter.discard();
    throw error;
  }
}

/** Starts an interpreter with a module in it. @throws what the module's author did wrong */
async function begin(
  choice: Choice,
  xl: Xlator<Glupy>,
  owner: Owner,
  given: Given,
  module: Glupy['module'],
  granted: Granted,
): Promise<Interpreter> {
  const { interpreter, values } = await load(choice, xl, owner, given, module, granted);
  const { guest } = interpreter;
  try {
    guest.create(xl.name, children(xl), values);
  } catch (error) {
    interpreter.discard();
    throw error;
  }
  const fops = Object.keys(guest.description.fops).join(', ') || 'no fops';
  xl.log.info(`${module.path} loaded: ${fops}`);
  return interpreter;
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
    const interpreter = await begin(choice, xl, owner, glupy.given, module, granted);
    glupy.module = module;
    return interpreter;
  });
  const module = find(choice, xl, given);
  const folders = [...module.folders, ...grantedFolders];
  const refuseCovered = machine.sources.watchOver(folders);
  const glupy: Glupy = { host, given, module, refuseCovered, unwatch: () => {} };
  await host.start();
  if (given.reload) {
    glupy.unwatch = machine.watchFolder(dirname(module.path), module.language.extensions, {
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
  const { interpreter } = await load(choice, xl, owner, given, module!, granted!);
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
    answersAnew(xl as Xlator);
  } else if (!same || Object.keys(declared).length > 0) {
    void glupy.host.reload();
  }
}

/** The owner of the state that a volume hands over. */
const statefulOf = ({ priv }: Xlator<Glupy | InThread>): Stateful =>
  'volume' in priv ? priv.volume : priv.host;

/** An instance whose module is in this thread, or in one of its own. */
type Volume<T extends InThread> = Xlator<Glupy> | Xlator<T>;

/** Before `init` has run, when the options decide. @throws {InitError} where the machine has no threads */
function startsInThread<T extends InThread>(
  _xl: Volume<T>,
  given: Given,
  machine: Machine,
): _xl is Xlator<T> {
  if (given.isolation !== 'thread') return false;
  refuseImpossible(machine, given);
  return true;
}

const isInThread = <T extends InThread>(xl: Volume<T>): xl is Xlator<T> => 'volume' in xl.priv;

/** The parts of the record for volumes of both kinds: each calls that of the volume's own. */
const eitherWay = <T extends InThread>(here: Way<Glupy>, thread: Way<T>, machine: Machine) => ({
  init: (xl: Volume<T>, given: Given): Promise<Glupy | T> =>
    startsInThread(xl, given, machine) ? thread.init(xl, given) : here.init(xl, given),
  check: (xl: Volume<T>, given: Given) =>
    startsInThread(xl, given, machine) ? thread.check(xl, given) : here.check(xl, given),
  reconfigure: (xl: Volume<T>, given: Given) =>
    isInThread(xl) ? thread.reconfigure(xl, given) : here.reconfigure(xl, given),
  fops: (xl: Volume<T>): Fops<Glupy | T> => (isInThread(xl) ? thread.fops(xl) : here.fops(xl)),
  passesThrough: (xl: Volume<T>) =>
    isInThread(xl) ? thread.passesThrough(xl) : here.passesThrough(xl),
  observes: (xl: Volume<T>) => (isInThread(xl) ? thread.observes(xl) : here.observes(xl)),
  reload: (xl: Volume<T>) => (isInThread(xl) ? thread.reload(xl) : here.reload(xl)),
  notify: (xl: Volume<T>, event: EventName, data: unknown) =>
    isInThread(xl) ? thread.notify(xl, event, data) : here.notify(xl, event, data),
  forget: (xl: Volume<T>, inode: Inode, value: unknown) =>
    isInThread(xl) ? thread.forget(xl, inode, value) : here.forget(xl, inode, value),
  release: (xl: Volume<T>, fd: Fd, value: unknown) =>
    isInThread(xl) ? thread.release(xl, fd, value) : here.release(xl, fd, value),
  releasedir: (xl: Volume<T>, fd: Fd, value: unknown) =>
    isInThread(xl) ? thread.releasedir(xl, fd, value) : here.releasedir(xl, fd, value),
  clientDisconnect: (xl: Volume<T>, client: Client) =>
    isInThread(xl) ? thread.clientDisconnect(xl, client) : here.clientDisconnect(xl, client),
  clientDestroy: (xl: Volume<T>, client: Client, value: unknown) =>
    isInThread(xl)
      ? thread.clientDestroy(xl, client, value)
      : here.clientDestroy(xl, client, value),
  observed: (xl: Volume<T>) => (isInThread(xl) ? thread.observed(xl) : here.observed(xl)),
  fini: (xl: Volume<T>) => (isInThread(xl) ? thread.fini(xl) : here.fini(xl)),
  ownOptions: (xl: Volume<T>) => (isInThread(xl) ? thread.ownOptions(xl) : here.ownOptions(xl)),
  dump: (xl: Volume<T>) => (isInThread(xl) ? thread.dump(xl) : here.dump(xl)),
});

/**
 * The translator, for modules in these languages, on this machine.
 * @param isolation the parts for volumes with `option isolation thread`
 */
export function glupyFor<T extends InThread = never>(
  languages: readonly HostedLanguage[],
  machine: Machine,
  isolation?: (machine: Machine) => Way<T>,
) {
  const options = optionsFor(languages);
  const choice: Choice = { languages, machine, options };
  const here: Way<Glupy> = {
    ...hosted,
    init: (xl, given) => init(choice, xl, given),
    check: (xl, given) => check(choice, xl, given),
    reconfigure: (xl, given) => reconfigure(choice, xl, given),
    fini(xl) {
      xl.priv.unwatch();
      return hosted.fini(xl);
    },
  };
  const way = isolation === undefined ? here : eitherWay(here, isolation(machine), machine);
  return defineTranslator<Glupy | T, typeof options>({
    type: 'features/glupy',
    description: 'Runs a translator written in another language.',
    children: [0, Number.POSITIVE_INFINITY],
    options,
    openOptions: true,
    ...way,
    inherit: (xl, before) => handStateOver(statefulOf(before), statefulOf(xl)),
    script: scriptOf,
  });
}
