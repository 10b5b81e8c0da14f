/** Makes a translator that carries out steps: ../modules.ts lists them. */
import * as glossa from 'glossa';
import { FopError, fops, Translator } from 'glossa';
import { change, describe, ownReply, ownRet, touch } from './shapes.js';

const rows = new Map(fops.map((row) => [row.name, row]));
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const errors = new Map(Object.entries(glossa));
const WAITING = ['await', 'try', 'sleep', 'return'];

/** The lines of each method: conditions, and steps. */
function parse(text) {
  const methods = {};
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [, head, body] = /^\s*(.*?): ?(.*)$/.exec(line);
    const [name, ...conditions] = head.split(' ');
    methods[name] ??= [];
    methods[name].push({ conditions, steps: body.split('; ').filter((step) => step !== '') });
  }
  return methods;
}

export function make(text) {
  const { new: made, passes_through: through, ...methods } = parse(text);
  class Steps extends Translator {
    count = 0;

    constructor() {
      super();
      const children = this.children.map(({ name }) => `'${name}'`).join(', ');
      if (made) say(this, made, { volume: this.name, children: `[${children}]` });
    }
  }
  if (through) Steps.passesThrough = through[0].steps[0] === 'on';
  for (const [name, cases] of Object.entries(methods)) {
    const own = /^each_(fop|cbk)$/.exec(name);
    const names = own ? fops.map((row) => row.name + (own[1] === 'cbk' ? '_cbk' : '')) : [name];
    const isGeneric = own !== null || name.startsWith('any_');
    for (const one of names)
      Steps.prototype[methodName(one)] = makeHook(one, cases) ?? makeMethod(one, cases, isGeneric);
  }
  return Steps;
}

/** The names of fops stay as they are. */
const methodName = (name) =>
  rows.has(name)
    ? name
    : name.replace(/_(cbk|cancel|fop|created|removed|state)$/, (end) => camel(end));

function makeHook(name, cases) {
  const hooks = {
    init: (xl) => ({ type: xl.child.type }),
    notify: (_xl, event) => ({ event }),
    fini: () => ({}),
    entry_created: (_xl, loc) => ({ name: loc.name, dir: loc.pargfid.at(-1) }),
    entry_removed: (_xl, loc) => ({ name: loc.name, dir: loc.pargfid.at(-1) }),
  };
  if (name === 'dump_state')
    return function () {
      return { count: this.count };
    };
  if (name === 'load_state')
    return function ({ count }) {
      this.count = count;
    };
  if (!Object.hasOwn(hooks, name)) return undefined;
  return function (...args) {
    say(this, cases, hooks[name](this, ...args));
  };
}

function say(xl, [{ steps }], values) {
  for (const step of steps)
    if (step.startsWith('raise ')) throw new Error(step.slice('raise '.length));
    else xl.log.info('%s', fill(step.slice('log '.length), values));
}

/** A method of a fop, a callback or a cancel method, by its name. */
function makeMethod(name, cases, isGeneric) {
  const counts = cases.some(({ conditions }) => conditions.includes('last'));
  const waits = cases.some(({ steps }) =>
    steps.some((step) => WAITING.includes(step.split(' ')[0])),
  );
  const isFop = rows.has(name) || name === 'any_fop';
  if (isFop && waits)
    return async function (frame, ...values) {
      return await choose({ xl: this, frame, values, args: values, isGeneric }, cases);
    };
  if (isFop || name.endsWith('_cancel'))
    return function (frame, ...values) {
      choose({ xl: this, frame, values, args: values, isGeneric }, cases);
    };
  return function (frame, opRet, opErrno, ...values) {
    if (counts) localOf(frame).count += 1;
    choose({ xl: this, frame, values, isGeneric, opRet, opErrno }, cases);
  };
}

/** The state of a request between a fop and its callbacks. */
function localOf(frame) {
  frame.local ??= { count: 0, replies: [] };
  return frame.local;
}

const rowOf = ({ frame }) => rows.get(frame.name);
const partsOf = (call) => (call.opRet === undefined ? rowOf(call).args : rowOf(call).reply);

// -- conditions ----------------------------------------------------------------------------------

const conditions = {
  answered: ({ frame }) => frame.answered,
  success: ({ opRet }) => opRet >= 0,
  failed: ({ opRet }) => opRet < 0,
  last: ({ frame, xl }) => localOf(frame).count === xl.children.length,
  more: ({ frame, xl }) => frame.cookie !== xl.children.at(-1),
};

const holds = (call, name) =>
  conditions[name]?.(call) ?? (call.opRet < 0 && call.opErrno === errors.get(name));

function choose(call, cases) {
  const { steps } = cases.find((one) => one.conditions.every((name) => holds(call, name)));
  for (const [at, step] of steps.entries()) {
    const [verb, ...words] = step.split(' ');
    if (WAITING.includes(verb)) return carryOutWaiting(call, steps.slice(at));
    verbs[verb](call, ...words);
  }
}

// -- steps ---------------------------------------------------------------------------------------

async function carryOutWaiting(call, steps) {
  for (const step of steps) {
    const [verb, ...words] = step.split(' ');
    if (verb === 'return') return madeReply(call, words[0]);
    if (verb === 'sleep') await new Promise((done) => setTimeout(done, Number(words[0])));
    else if (verb === 'await' || verb === 'try') await awaitReply(call, verb, words[0]);
    else verbs[verb](call, ...words);
  }
}

async function awaitReply(call, verb, how) {
  const { xl, frame, args } = call;
  try {
    const changed = how === 'changed' ? change(rowOf(call).args, args) : args;
    if (how === 'stat') call.reply = await xl.child.stat(args[0]);
    else call.reply = await xl.child[frame.name](...changed);
    call.opRet = call.reply.opRet;
  } catch (error) {
    if (verb === 'await') throw error;
    call.failure = error;
    call.opRet = -1;
  }
}

function madeReply(call, how) {
  const { reply: parts } = rowOf(call);
  const named = (values) =>
    Object.fromEntries(parts.map(({ name }, at) => [camel(name), values[at]]));
  if (call.failure) throw call.failure;
  if (how === 'own') return named(ownReply(rowOf(call), call.args));
  return how === 'changed' ? call.reply.replace(named(change(parts, [...call.reply]))) : call.reply;
}

const changedBy = (call, how) =>
  how === undefined
    ? call.values
    : { changed: change, touched: touch }[how](partsOf(call), call.values);

const verbs = {
  wind(call, how, ...words) {
    const { frame, xl, values } = call;
    // Methods of every fop name their arguments.
    const args = call.isGeneric && call.opRet === undefined ? values : [];
    if (how === 'stat') frame.windTo({ fop: 'stat', cbk: xl[words[1]] }, values[0], null);
    else if (how === 'cookie') frame.windTo({ cookie: words.join(' ') }, ...args);
    else if (how !== 'to') frame.wind(...(how === undefined ? args : changedBy(call, how)));
    else if (words[0] === 'all') for (const child of xl.children) frame.windTo(child, ...values);
    else if (words[0] === 'last') frame.windTo(xl.children.at(-1), ...values);
    else if (words[0] === 'next') frame.windTo(xl.children[xl.children.indexOf(frame.cookie) + 1]);
    else frame.windTo(xl.children[Number(words[0])]);
  },
  tail: ({ frame }) => frame.wind(),
  unwind(call, how, ret, errno) {
    const { frame, opRet, opErrno, args } = call;
    if (how === 'own') {
      const own = ownReply(rowOf(call), args);
      const told = ret === '3' ? ownRet(rowOf(call), args) : Number(ret);
      frame.unwind(told, errno === undefined ? 0 : errors.get(errno), ...own);
    } else if (how === 'worst') {
      frame.unwind(...localOf(frame).replies.reduce((a, b) => (b[0] < a[0] ? b : a)));
    } else if (opRet === undefined) frame.unwind(Number(how));
    else frame.unwind(opRet, opErrno, ...changedBy(call, how));
  },
  hold({ frame, opRet, opErrno, values }) {
    localOf(frame).replies.push([opRet, opErrno, ...values]);
  },
  fail({ xl, frame, opErrno }, errno) {
    if (errno === 'count') xl.count += 1;
    frame.fail(errno === 'count' ? xl.count : errno === undefined ? opErrno : errors.get(errno));
  },
  spin() {
    for (;;);
  },
  raise(_call, ...words) {
    const text = words.join(' ');
    throw errors.has(text) ? new FopError(errors.get(text), 'on purpose') : new Error(text);
  },
  note({ frame, values }) {
    localOf(frame).name = values[0].name;
  },
  keep({ xl, frame }) {
    xl.kept = [...(xl.kept ?? []), frame];
  },
  release({ xl }) {
    for (const kept of xl.kept.splice(0)) kept.wind();
  },
  describe: (call) => call.xl.log.info('%s', describe(partsOf(call), call.values)),
  log: (call, ...words) => call.xl.log.info('%s', fill(words.join(' '), factsOf(call))),
};

// -- texts ---------------------------------------------------------------------------------------

const fill = (text, facts) =>
  text.replace(/\{(\w+)\}/g, (_, name) =>
    typeof facts[name] === 'function' ? facts[name]() : String(facts[name]),
  );

const factsOf = ({ xl, frame, values, reply, opRet }) => ({
  fop: frame.name,
  ret: opRet,
  cookie: () => frame.cookie.name ?? frame.cookie,
  note: () => frame.local.name,
  size: () => (reply?.buf ?? values[0]).iaSize,
  uid: () => frame.root.uid,
  who() {
    const { uid, gid, pid, groups, lkOwner, op, unique } = frame.root;
    return JSON.stringify([frame.name, uid, gid, pid, groups, lkOwner, op, unique > 0]);
  },
  ups: () => xl.children.map((child) => (child.up ? '+' : '-')).join(''),
});
