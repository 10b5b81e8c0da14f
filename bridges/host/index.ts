/**
 * features/glupy: the host translator. It loads a translator written in another language, named by
 * `option module-name`, into an interpreter of its own, and is that translator from then on.
 *
 * Options beyond those below are the module's: it declares them, and they are checked the same way.
 */
import { GraphError, InitError } from '../../runtime/core/errors.ts';
import type { EventName } from '../../runtime/core/events.ts';
import { optionTypes } from '../../runtime/core/option-types.ts';
import {
  checkOptions,
  defineOptions,
  genericOptions,
  type Options,
  type Values,
} from '../../runtime/core/options.ts';
import { defaultNotify, defineTranslator, type Xlator } from '../../runtime/core/xlator.ts';
import type { Guest } from './guest.ts';
import { Host } from './host.ts';
import { languages } from './languages.ts';
import { findModule } from './modules.ts';

const options = defineOptions({
  'module-name': {
    type: 'str',
    description:
      'The module: `negative` for negative.py. An extension, or option language, decides between ' +
      'languages.',
  },
  'module-path': {
    type: 'str',
    description:
      "Folders to search for it, separated by colons; relative ones start at the volfile's folder. " +
      'Default: that folder, GLOSSA_PATH, PYTHONPATH, the bundled examples.',
  },
  language: {
    type: 'str',
    values: ['python'],
    description: 'The language of the module, when its name alone does not say.',
  },
  'time-limit': {
    type: 'time',
    default: 5,
    min: 0,
    description: 'Seconds that one call into the module may run; 0 for no limit.',
  },
  'memory-limit': {
    type: 'sizet',
    default: 512 * 1024 * 1024,
    min: 64 * 1024 * 1024,
    description: 'Memory of the interpreter and the module together.',
  },
  'frame-timeout': {
    type: 'time',
    default: 1800,
    min: 0,
    description: 'Seconds after which a request that the module never answers fails; 0 for never.',
  },
});

/** What a volume of this type keeps. */
export interface Glupy {
  readonly guest: Guest;
  readonly host: Host;
}

async function init(xl: Xlator<Glupy>, given: Values<typeof options>): Promise<Glupy> {
  const name = given['module-name'];
  if (name === undefined) throw new InitError('option module-name is missing: which module?');
  const module = findModule({
    name,
    path: given['module-path'],
    language: given.language,
    baseDir: xl.context.baseDir,
    env: process.env,
  });
  const host = new Host(xl, given['frame-timeout']);
  const { lent } = host;
  const start = await languages[module.language].load();
  const guest = await start(module, lent, {
    volume: xl.name,
    timeLimit: given['time-limit'],
    memoryLimit: given['memory-limit'],
    notice: (text) => xl.log.debug(text),
    log: (level, source, text) => lent.log(level, source, text),
  });
  try {
    host.attach(guest);
    for (const [file, line, func, text] of guest.description.warnings) {
      lent.log(5, { file, line, func }, text);
    }
    guest.create(xl.name, children(xl), moduleOptions(xl, guest, module.path));
  } catch (error) {
    guest.close();
    throw error;
  }
  xl.log.info(`${module.path} loaded: ${definedFops(guest)}`);
  return { guest, host };
}

const children = (xl: Xlator<Glupy>): (readonly [string, string])[] =>
  xl.below.map((child) => [child.name, child.type]);

const definedFops = (guest: Guest): string =>
  Object.keys(guest.description.fops).join(', ') || 'no fops';

/** The values of the options that the module declares; what nobody declares is pointed out. */
function moduleOptions(xl: Xlator<Glupy>, guest: Guest, path: string): Record<string, unknown> {
  const declared = guest.description.options;
  const taken = Object.keys(declared).filter((key) => key in options || key in genericOptions);
  if (taken.length > 0) {
    throw new InitError(`${path}: option ${taken.join(', ')} belongs to features/glupy itself`);
  }
  for (const [key, { type }] of Object.entries(declared)) {
    if (type in optionTypes) continue;
    throw new InitError(`${path}: option ${key} has the type '${type}', which is none`);
  }
  // All keys together, so that a slip in one of the host's own finds its suggestion too.
  const all: Options = { ...genericOptions, ...options, ...declared };
  const { values, problems } = checkOptions(all, xl.given);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new GraphError(errors.map((p) => `${p.where ?? path}: ${p.message}`));
  }
  for (const problem of problems) xl.log.warning(`${problem.where ?? path}: ${problem.message}`);
  // A value that was not given is None to the module, not missing.
  return Object.fromEntries(Object.keys(declared).map((key) => [key, values[key] ?? null]));
}

function notify(xl: Xlator<Glupy>, event: EventName, data: unknown): void {
  const { guest, host } = xl.priv;
  if (guest.description.hooks.includes('notify')) {
    host.enterFor(() => guest.hook('notify', [event]));
  }
  defaultNotify(xl as Xlator, event, data);
  // What `init` asked for could not be done before there was somebody to ask.
  if (event === 'CHILD_UP') host.drain();
}

export default defineTranslator<Glupy, typeof options>({
  type: 'features/glupy',
  description: 'Runs a translator written in another language.',
  children: [0, Number.POSITIVE_INFINITY],
  options,
  openOptions: true,
  init,
  fops: (xl) => xl.priv.host.fops(),
  notify,
  forget: (xl, inode) => xl.priv.host.lent.forget(inode),
  release: (xl, fd) => xl.priv.host.lent.release(fd),
  releasedir: (xl, fd) => xl.priv.host.lent.release(fd),
  fini(xl) {
    const { guest, host } = xl.priv;
    host.close();
    if (guest.description.hooks.includes('fini')) guest.hook('fini', []);
    host.lent.close();
    guest.close();
  },
  dump: ({ priv: { guest, host } }) => ({
    language: guest.language,
    ...host.counters,
    'requests-waiting': host.requests.size,
    'memory-bytes': guest.memory,
  }),
});
