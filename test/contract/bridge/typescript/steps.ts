/** Makes a translator record that carries out steps: ../modules.ts lists them. */
import {
  type AnyFop,
  collect,
  collectCbk,
  defaultNotify,
  defineTranslator,
  EIO,
  type Entry,
  entryFops,
  errnoName,
  errnoNumber,
  type Fops,
  type Frame,
  fail,
  fops,
  type Iatt,
  type Loc,
  printable,
  type Translator,
  tailArgs,
  unwindArgs,
  wind,
  windArgs,
  type Xlator,
} from 'glossa';
import {
  change,
  describe,
  later,
  meantRet,
  opRetOf,
  ownReply,
  plain,
  type Row,
  touch,
} from './shapes.ts';

type Volume = Xlator<State>;

interface State {
  readonly kept: (() => void)[];
}

/** Lines of a method: conditions, and steps. */
type Cases = readonly {
  readonly conditions: readonly string[];
  readonly steps: readonly string[];
}[];
type Methods = Readonly<Record<string, Cases>>;

interface Reply {
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: readonly unknown[];
}

/** The state of a request between a fop and its callbacks. */
interface Local {
  name: string;
  count: number;
  readonly replies: Reply[];
}

/** One run of a method. */
interface Call {
  readonly xl: Volume;
  readonly frame: Frame;
  readonly row: Row;
  readonly methods: Methods;
  readonly args: readonly unknown[];
  readonly cookie: number;
  /** The reply that the callback or `await` got. */
  readonly reply?: Reply;
}

/** The cookie of a wind with a text instead of a child. */
const NOTE = -1;
let note = '';

export function parse(text: string): Methods {
  const methods: Record<string, { conditions: string[]; steps: string[] }[]> = {};
  for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
    const [head, body] = line.trim().split(/: ?(.*)/s) as [string, string];
    const [method, ...conditions] = head.split(' ') as [string, ...string[]];
    const steps = body.split('; ').filter((step) => step !== '');
    methods[method] = [...(methods[method] ?? []), { conditions, steps }];
  }
  return methods;
}

export function make(text: string): Translator<State, Record<string, never>> {
  const methods = parse(text);
  const say = (xl: Volume, hook: string, values: Record<string, unknown>): void => {
    for (const step of methods[hook]?.[0]?.steps ?? [])
      xl.log.info(fill(step.slice('log '.length), values));
  };
  const tell = (xl: Volume, hook: string, loc: Loc | null): void => {
    if (loc !== null) say(xl, hook, { name: loc.name, dir: loc.pargfid.at(-1) });
  };
  const hooks = entryFops<State>({
    before() {},
    after(xl, { removed, created }: Entry, opRet) {
      if (opRet < 0) return;
      tell(xl, 'entry_removed', removed);
      tell(xl, 'entry_created', created);
    },
  });
  const through = methods.passes_through?.[0]?.steps[0];
  return defineTranslator<State, Record<string, never>>({
    ...plain,
    options: {},
    fops: { ...makeFops(methods), ...(methods.entry_created === undefined ? {} : hooks) },
    ...(through === undefined ? {} : { passesThrough: through === 'on' }),
    init(xl) {
      const names = xl.childNames.map((name) => `'${name}'`);
      say(xl, 'new', { volume: xl.name, children: `[${names.join(', ')}]` });
      say(xl, 'init', { type: xl.below[0]!.type });
      return { kept: [] };
    },
    notify(xl, event, data) {
      say(xl, 'notify', { event });
      defaultNotify(xl, event, data);
    },
    fini: (xl) => say(xl, 'fini', {}),
  });
}

function makeFops(methods: Methods): Fops<State> {
  const made = (fops as readonly Row[]).flatMap((row) => {
    const fop = methods[row.name] ?? methods.any_fop ?? methods.each_fop;
    const cancel = methods[`${row.name}_cancel`] ?? methods.any_cancel;
    // A record has no callback without a fop.
    if ((fop ?? cancel ?? methods.any_cbk ?? methods.each_cbk) === undefined) return [];
    const run: AnyFop = (frame, xl, args) => {
      const call: Call = { xl: xl as Volume, frame, row, methods, args, cookie: 0 };
      if (cancel !== undefined)
        frame.root.whenInterrupted(() => void (frame.answered || choose(call, cancel)));
      if (fop === undefined) carryOut(call, ['wind']);
      else choose(call, fop);
    };
    return [[row.name, collect[row.name](run)]];
  });
  return Object.fromEntries(made) as Fops<State>;
}

const findCbk = (methods: Methods, { name }: Row): Cases | undefined =>
  methods[`${name}_cbk`] ?? methods.any_cbk ?? methods.each_cbk;

function localOf({ frame }: Call): Local {
  frame.local ??= { name: '', count: 0, replies: [] };
  return frame.local as Local;
}

// -- conditions ----------------------------------------------------------------------------------

function holds(call: Call, condition: string): boolean {
  const { frame, xl, cookie } = call;
  const { opRet, opErrno } = call.reply!;
  switch (condition) {
    case 'answered':
      return frame.answered;
    case 'success':
      return opRet >= 0;
    case 'failed':
      return opRet < 0;
    case 'last':
      return localOf(call).count === xl.children.length;
    case 'more':
      return cookie + 1 < xl.children.length;
    default:
      return opRet < 0 && errnoName(opErrno) === condition;
  }
}

function choose(call: Call, cases: Cases): void {
  const one = cases.find(({ conditions }) => conditions.every((text) => holds(call, text)));
  carryOut(call, one!.steps);
}

// -- steps ---------------------------------------------------------------------------------------

function carryOut(call: Call, steps: readonly string[]): void {
  for (const [at, step] of steps.entries()) {
    const [verb, ...words] = step.split(' ') as [string, ...string[]];
    const goOn = (more: Call): void => carryOut(more, steps.slice(at + 1));
    if (verb === 'await' || verb === 'try') {
      awaitReply(call, words[0], (reply) => {
        const failed = verb === 'await' && reply.opRet < 0;
        if (failed) fail[call.row.name](call.frame, reply.opErrno);
        else goOn({ ...call, reply });
      });
      return;
    }
    if (verb === 'sleep') {
      later(call.xl, Number(words[0]), () => goOn(call));
      return;
    }
    verbs[verb]!(call, words);
  }
}

function awaitReply(call: Call, word: string | undefined, then: (reply: Reply) => void): void {
  const { row, frame, xl } = call;
  if (word === 'stat') {
    windStat(call, then);
    return;
  }
  const cbk = collectCbk[row.name]((_frame, _cookie, _xl, opRet, opErrno, values) =>
    then({ opRet, opErrno, values }),
  );
  const args = word === 'changed' ? change(row.args, call.args) : [...call.args];
  windArgs[row.name](frame, 0, cbk as never, xl.children[0]!, args);
}

const windStat = ({ frame, xl, args }: Call, then: (reply: Reply) => void): void =>
  wind.stat(
    frame,
    0,
    (_frame, _cookie, _xl, opRet, opErrno, ...values) => then({ opRet, opErrno, values }),
    xl.children[0]!,
    args[0] as Loc,
    null,
  );

/** The arguments or the reply, changed as `how` says. */
function valuesOf({ row, args, reply }: Call, how: string | undefined): unknown[] {
  const [parts, values] = reply === undefined ? [row.args, args] : [row.reply, reply.values];
  if (how === 'changed') return change(parts, values);
  return how === 'touched' ? touch(parts, values) : [...values];
}

function windTo(call: Call, at: number, how?: string, cookie = at): void {
  const { row, frame, xl, methods } = call;
  const args = call.reply === undefined ? valuesOf(call, how) : [...call.args];
  const cases = findCbk(methods, row);
  if (cases === undefined) {
    tailArgs[row.name](frame, xl.children[at]!, args);
    return;
  }
  const cbk = collectCbk[row.name]((_frame, from, _xl, opRet, opErrno, values) => {
    const more = { ...call, cookie: from, reply: { opRet, opErrno, values } };
    if (cases.some(({ conditions }) => conditions.includes('last'))) localOf(more).count += 1;
    choose(more, cases);
  });
  windArgs[row.name](frame, cookie, cbk as never, xl.children[at]!, args);
}

const verbs: Readonly<Record<string, (call: Call, words: readonly string[]) => void>> = {
  wind(call, [word, ...more]) {
    const { length } = call.xl.children;
    const targets: Record<string, () => number> = {
      last: () => length - 1,
      next: () => call.cookie + 1,
    };
    if (word === 'stat') {
      windStat(call, (reply) => choose({ ...call, reply }, call.methods[more[1]!]!));
    } else if (word === 'cookie') {
      note = more.join(' ');
      windTo(call, 0, undefined, NOTE);
    } else if (word === 'to' && more[0] === 'all') {
      for (let at = 0; at < length; at += 1) windTo(call, at);
    } else if (word === 'to') {
      windTo(call, targets[more[0]!]?.() ?? Number(more[0]));
    } else windTo(call, 0, word);
  },
  tail({ row, frame, xl, args }) {
    tailArgs[row.name](frame, xl.children[0]!, [...args]);
  },
  return(call, [how]) {
    if (how === 'own') verbs.unwind!(call, ['own', 'usual']);
    else verbs.unwind!(call, how === undefined ? [] : [how]);
  },
  unwind(call, [how, ret, errno]) {
    const { row, frame, reply, args } = call;
    if (how === 'own') {
      const own = ownReply(row, args);
      const opRet =
        ret === 'usual' || row.name === 'writev' ? meantRet(row, args, own) : Number(ret);
      const opErrno = errno === undefined ? 0 : errnoNumber(errno)!;
      unwindArgs[row.name](frame, opErrno > 0 ? -1 : opRetOf(row, own, opRet), opErrno, own);
    } else if (how === 'worst') {
      const [worst] = localOf(call).replies.toSorted((a, b) => a.opRet - b.opRet);
      unwindArgs[row.name](frame, worst!.opRet, worst!.opErrno, [...worst!.values]);
    } else if (reply === undefined) {
      unwindArgs[row.name](
        frame,
        Number(how),
        0,
        row.reply.map(() => null),
      );
    } else {
      const values = valuesOf(call, how);
      const isCounted = how === undefined || reply.values[0] === null;
      const opRet = isCounted ? reply.opRet : opRetOf(row, values, reply.opRet);
      unwindArgs[row.name](frame, opRet, reply.opErrno, values);
    }
  },
  hold: (call) => void localOf(call).replies.push(call.reply!),
  fail({ row, frame, reply }, [errno]) {
    fail[row.name](frame, errno === undefined ? reply!.opErrno : errnoNumber(errno)!);
  },
  /** A record has no caller who catches exceptions of its own. */
  raise({ row, frame, xl }, words) {
    const errno = errnoNumber(words[0]!);
    if (errno === undefined) xl.log.error(words.join(' '));
    fail[row.name](frame, errno ?? EIO);
  },
  note(call) {
    if (call.frame.local !== null) throw new Error('another note is set');
    localOf(call).name = (call.args[0] as Loc).name!;
  },
  keep: (call) => void call.xl.priv.kept.push(() => windTo(call, 0)),
  release({ xl }) {
    for (const go of xl.priv.kept.splice(0)) go();
  },
  describe({ xl, row, args, reply }) {
    const values = reply?.values ?? args;
    xl.log.info(describe(reply === undefined ? row.args : row.reply, values));
  },
  log(call, words) {
    call.xl.log.info(fill(words.join(' '), factsOf(call)));
  },
};

// -- texts ---------------------------------------------------------------------------------------

const fill = (text: string, values: Readonly<Record<string, unknown>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));

function factsOf(call: Call): Record<string, unknown> {
  const { xl, frame, row, cookie, reply } = call;
  const { uid, gid, pid, groups, lkOwner, op, unique } = frame.root;
  return {
    fop: row.name,
    ret: reply?.opRet,
    cookie: cookie === NOTE ? note : xl.childNames[cookie],
    note: frame.local === null ? '' : printable((frame.local as Local).name ?? ''),
    size: (reply?.values[0] as Iatt | null | undefined)?.iaSize,
    uid,
    who: JSON.stringify([row.name, uid, gid, pid, groups, lkOwner, op, unique > 0]),
  };
}
