/**
 * The modules of the bridge contract that need no language's own forms, as lists of steps. One module a language,
 * `steps.*` in its folder, carries them out; a module of that name in the folder takes precedence.
 *
 * A line is `METHOD CONDITION...: STEP; STEP`. The first line of a method whose conditions hold runs. A method is a fop,
 * `<fop>_cbk`, `<fop>_cancel` or a hook; `each_fop` and `each_cbk` stand for a method of every fop, `any_fop`, `any_cbk`
 * and `any_cancel` are the generic ones, and other names are callbacks.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { inject } from 'vitest';

/*
 * | step | |
 * |---|---|
 * | `wind`, `wind changed`, `wind touched` | winds the arguments, or changed ones (values.ts), or changes them in place |
 * | `wind to N`, `to last`, `to next`, `to all` | winds to another child; in callbacks the original arguments |
 * | `wind cookie TEXT` | with a cookie |
 * | `wind stat then CBK` | winds a stat of the same loc, or a `flush` of the same fd, whose callback is CBK |
 * | `tail` | passes the request on without naming an argument or a callback |
 * | `await`, `await changed`, `await stat` | winds, and continues with the reply; a failure fails the request |
 * | `try` | the same, but continues also with a failure |
 * | `return`, `return changed`, `return own` | answers with the awaited reply, or another, and the usual op_ret |
 * | `unwind`, `unwind changed`, `unwind touched` | answers with the reply |
 * | `unwind RET`, `unwind own RET ERRNO` | answers with nothing, or with all it can |
 * | `unwind path TEXT` | answers a readlink |
 * | `hold`, `unwind worst` | keeps the reply; answers with the kept one of the least op_ret, and then the largest file |
 * | `fail`, `fail ERRNO` | fails with the reply's errno or this one |
 * | `raise ERRNO`, `raise TEXT` | fails by an exception, in languages that have some |
 * | `fail count` | fails with the number of such failures as errno, which `dump_state` and `load_state` hand over |
 * | `spin` | runs without an end |
 * | `sleep MS` | continues later, by a timer |
 * | `note` | keeps the loc's name in `frame.local` |
 * | `keep`, `release`, `answer` | stores the request; winds all that are stored, or answers them with nothing |
 * | `within MS METHOD` | carries out METHOD after this time, before which no reply comes |
 * | `describe` | logs all that the values hold (values.ts) |
 * | `log TEXT` | with the values of `{names}` |
 *
 * Conditions: `answered`, `success`, `failed`, `last` (every wind has its reply), `more` (there is a child after the
 * one that replied), and names of errors.
 */
export const STEPS: Readonly<Record<string, string>> = {
  // Every fop: fops.ts.
  bare: 'each_fop: tail',
  named: 'each_fop: wind',
  both: 'each_fop: wind\neach_cbk: unwind',
  only_cbk: 'each_cbk: unwind',
  awaited: 'each_fop: await; return',
  late: 'each_fop: sleep 0; await; sleep 1; return',
  late_wind: 'each_fop: sleep 1; wind',
  echo: 'each_fop: describe; wind\neach_cbk: describe; unwind',
  change: 'each_fop: wind changed\neach_cbk: unwind changed',
  change_args: 'each_fop: wind changed',
  touch: 'each_fop: wind touched\neach_cbk: unwind touched',
  change_awaited: 'each_fop: await changed; return changed',
  own: 'each_fop: unwind own 3',
  own_awaited: 'each_fop: return own',
  refuse: 'each_fop: fail EDQUOT',
  refuse_with: 'each_fop: unwind own -1 EDQUOT',
  raising: 'each_fop: sleep 0; raise EDQUOT',

  // The same by generic methods.
  any_tail: 'any_fop: tail',
  any_change: 'any_fop: wind changed\nany_cbk: unwind changed',
  any_answer: 'any_fop: unwind own 3',

  // Generic methods: any.ts.
  any: 'any_fop: log down {fop}; wind\nany_cbk: log up {ret}; unwind',
  any_awaited: 'any_fop: log down {fop}; try; log up {ret}; return',
  any_cbk: 'any_cbk: log up {ret}; unwind',
  any_own: `
    any_fop: log any {fop}; wind
    any_cbk: log any {fop}_cbk; unwind
    stat: log own stat; wind
    stat_cbk: log own stat_cbk; unwind
    readlink: log own readlink; wind
    statfs_cbk: log own statfs_cbk; unwind`,

  // Interrupted callers: cancel.ts.
  cancel: `
    stat: wind
    stat_cbk answered: log stat is answered already
    stat_cbk: unwind
    stat_cancel: log stat is not wanted; fail EINTR
    readlink: wind
    readlink_cbk: unwind
    readlink_cancel: log readlink is not wanted
    access: keep
    access_cancel: fail EINTR
    statfs: wind
    statfs_cbk answered:
    statfs_cbk: unwind
    statfs_cancel: raise it cannot be stopped
    fsync: wind
    fsync_cbk: unwind`,
  cancel_any: `
    any_fop: wind
    any_cbk answered:
    any_cbk: unwind
    any_cancel: log any {fop}; fail EINTR
    stat_cancel: log own {fop}; fail EINTR`,

  // In languages without await.
  clock: `
    stat: sleep 5000; wind
    access: wind; within 2000 timed_out
    access_cbk answered:
    timed_out: fail ETIMEDOUT
    readlink: wind; within 2000 late
    readlink_cbk answered:
    late: unwind path late
    flush: keep
    fsync: answer; unwind 0
    fstat: wind; log given up; fail ENOTSUP
    fstat_cbk:
    statfs: wind; fail EINTR
    statfs_cbk:`,
  cancel_awaited: `
    stat: wind
    stat_cbk answered:
    stat_cbk: unwind
    stat_cancel: log stat is cancelled; fail EINTR
    readlink: wind
    readlink_cbk answered:
    readlink_cbk: unwind
    readlink_cancel: unwind path own
    fsync: wind
    fsync_cbk last: unwind
    fsync_cbk:
    fsync_cancel: wind flush then tidied
    tidied: fail EINTR
    access: wind; wind
    access_cbk answered:
    access_cbk failed: fail
    access_cbk last: unwind
    access_cbk:
    access_cancel: fail EINTR`,
  gather: `
    stat: wind to all
    stat_cbk answered:
    stat_cbk failed: fail
    stat_cbk last: hold; unwind worst
    stat_cbk: hold
    access: wind to all
    access_cbk answered:
    access_cbk success: unwind
    access_cbk last: unwind
    access_cbk:`,

  // Hooks: lifecycle.ts.
  ...withHooks({
    hooks: '',
    hooks_plain: 'each_fop: tail',
    hooks_cbk: 'each_fop: wind\neach_cbk: unwind',
    hooks_async: 'each_fop: sleep 0; await; sleep 1; return',
    hooks_own: 'each_fop: unwind own 0',
  }),
  life: `
    new: log made {volume} over {children}
    init: log init, {type}
    notify: log event {event}
    fini: log fini`,

  // Requests: requests.ts, several-subvolumes.ts, child-state.ts.
  notes: 'stat: note; wind\nstat_cbk: log {note}; unwind',
  cookies: `
    stat: wind
    stat_cbk: log {cookie}; unwind
    access: wind to 1
    access_cbk: log {cookie}; unwind
    readlink: wind cookie a note
    readlink_cbk: log {cookie}; unwind`,
  who: 'stat: log {who}; tail\naccess: await; log ["access", {uid}]; return',
  fan: `
    setattr: wind to all
    setattr_cbk last: log {cookie}: {ret}; hold; unwind worst
    setattr_cbk: log {cookie}: {ret}; hold`,
  first: `
    stat: wind to all
    stat_cbk answered: log {cookie}: {ret} late
    stat_cbk success: log {cookie}: {ret}; unwind
    stat_cbk last: log {cookie}: {ret}; unwind
    stat_cbk: log {cookie}: {ret}`,
  retry: 'stat: wind\nstat_cbk failed more: wind to next\nstat_cbk: unwind',
  retry_cbk: 'stat_cbk EAGAIN: wind\nstat_cbk: unwind',
  other: `
    unlink: wind stat then looked
    looked failed: fail
    looked: log it has {size} bytes; wind
    rmdir: await stat; log it has {size} bytes; await; return`,
  hold: `
    stat: note; keep
    stat_cbk: log {note} is back; unwind
    readlink: keep
    flush: wind; release`,
  several: 'stat: wind to last\nreadlink_cbk: unwind',
  several_through: 'passes_through: on\nstat: wind to last\nreadlink_cbk: unwind',
  who_is_up: 'passes_through: off\naccess: log {ups}; unwind 0',

  // Failures and reloads: failures.ts.
  failing: `
    statfs: fail count
    access: raise at once
    stat: wind
    stat_cbk: raise in the callback
    flush: wind; raise after a wind
    readlink: keep
    fsync: spin`,
  edition1: `
    statfs: fail count
    stat: wind
    stat_cbk: fail ENOENT
    dump_state:
    fini: log the first edition ends`,
  edition2: 'statfs: fail count\naccess: fail EACCES\nload_state:',
  edition_refuses: 'init: raise not today',
};

/** Adds hooks that log the created and removed names. */
function withHooks(modules: Readonly<Record<string, string>>): Record<string, string> {
  const hooks = 'entry_created: log +{name} {dir}\nentry_removed: log -{name} {dir}';
  return Object.fromEntries(
    Object.entries(modules).map(([name, steps]) => [name, `${hooks}\n${steps}`]),
  );
}

/** The text of a module of steps, in each language. */
const FORMS = {
  python: (steps: string) => `from steps import make\n\nxlator = make(${steps})\n`,
  javascript: (steps: string) =>
    `import { make } from './steps.js';\nexport const xlator = make(${steps});\n`,
};
const EXTENSIONS = { python: '.py', javascript: '.js' };

/** Makes a folder of all modules of the contract in a language. */
export function makeContractModules(language: keyof typeof FORMS): string {
  const source = join(import.meta.dirname, language);
  const folder = mkdtempSync(join(inject('runFolder'), `${language}-modules-`));
  for (const [name, steps] of Object.entries(STEPS))
    writeFileSync(
      join(folder, name + EXTENSIONS[language]),
      FORMS[language](JSON.stringify(steps)),
    );
  for (const name of readdirSync(source)) cpSync(join(source, name), join(folder, name));
  writeFileSync(join(folder, `edition_broken${EXTENSIONS[language]}`), '\n\nno module (:\n');
  return folder;
}

/** The start of the bytes in a compiled file that a module's steps replace. */
const SELECTION = 'glossa-contract-module';
const SELECTION_BYTES = 1500;

/** Writes `text` over the bytes in a compiled file that select what it does. */
export function selectModule(compiled: string, text: string, out: string): void {
  const bytes = readFileSync(compiled);
  const at = bytes.indexOf(SELECTION);
  const encoded = Buffer.from(text.replace(/^ +/gm, ''));
  if (at < 0 || encoded.length >= SELECTION_BYTES)
    throw new Error(`${text} does not fit into ${compiled}`);
  bytes.fill(0, at, at + SELECTION_BYTES);
  encoded.copy(bytes, at);
  writeFileSync(out, bytes);
}

/**
 * Makes the module `name` in C at `out`: compiles its source, or copies the compiled `steps` with its steps.
 *
 * @param folder of the sources.
 */
export function makeCModule(
  folder: string,
  name: string,
  out: string,
  compile: (source: string, out: string) => void,
): void {
  const source = join(folder, `${name}.c`);
  if (existsSync(source)) {
    compile(source, out);
    return;
  }
  const steps = join(dirname(out), `steps${extname(out)}`);
  if (!existsSync(steps)) compile(join(folder, 'steps.c'), steps);
  selectModule(steps, STEPS[name]!, out);
}
