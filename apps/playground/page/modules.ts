/** Completion and hover in modules: fops where methods are, and what objects such as `frame` have. */
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
} from '@codemirror/autocomplete';
import { el } from '../../trace/page/dom.ts';
import type { ArgWords, FopWords, MemberWords, Words } from '../given.ts';

export type ModuleKind = 'python' | 'javascript';

interface Spelling {
  /** The names of arguments. */
  argument(name: string): string;
  /** Behind the name of a fop, for the callback. */
  readonly cbk: string;
  /** What may stand before a method's name. */
  readonly before: RegExp;
  method(call: string, pass: string): string;
}

/** How a table's names are written. */
const SPELLINGS: Readonly<Record<ModuleKind, Spelling>> = {
  python: {
    argument: String,
    cbk: '_cbk',
    before: /^\s*(?:async\s+)?def\s+$/,
    method: (call, pass) => `${call.replace('(', '(self, ')}:\n\t\${${pass}}`,
  },
  javascript: {
    argument: (name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    cbk: 'Cbk',
    before: /^\s*(?:async\s+)?$/,
    method: (call, pass) => `${call} {\n\t\${${pass};}\n}`,
  },
};

// ---- fops

/** A fop as a module has it, or its callback. */
interface Method {
  readonly name: string;
  readonly fop: FopWords;
  readonly isCbk: boolean;
}

const namesOf = (args: readonly ArgWords[], { argument }: Spelling): string[] =>
  args.map(({ name }) => argument(name));

const methodsOf = (fops: readonly FopWords[], { cbk }: Spelling): Method[] =>
  fops.flatMap((fop) => [
    { name: fop.name, fop, isCbk: false },
    { name: fop.name + cbk, fop, isCbk: true },
  ]);

/** What a callback is given before the parts of the reply. */
const RESULT = ['op_ret', 'op_errno'];

/** `lookup(frame, loc, xdata)`, and of its callback `lookup_cbk(frame, op_ret, op_errno, inode, …)`. */
function signature({ name, fop, isCbk }: Method, spelling: Spelling): string {
  const args = isCbk
    ? [...RESULT.map(spelling.argument), ...namesOf(fop.reply, spelling)]
    : namesOf(fop.args, spelling);
  return `${name}(${['frame', ...args].join(', ')})`;
}

/** What a method's body may begin as. */
function template(method: Method, spelling: Spelling): string {
  const results = [...RESULT.map(spelling.argument), ...namesOf(method.fop.reply, spelling)];
  const pass = method.isCbk ? `frame.unwind(${results.join(', ')})` : 'frame.wind()';
  return spelling.method(signature(method, spelling), pass);
}

function methodCard(method: Method, spelling: Spelling): HTMLElement {
  const { fop } = method;
  const rows = (title: string, args: readonly ArgWords[]): HTMLElement[] =>
    args.map(({ name, what }, i) =>
      el(
        'tr',
        {},
        el('td', {}, i === 0 ? title : ''),
        el('th', { scope: 'row' }, spelling.argument(name)),
        el('td', {}, what),
      ),
    );
  return el(
    'div',
    { class: 'card' },
    el('p', {}, el('code', {}, signature(method, spelling))),
    el('p', {}, fop.what),
    el('table', {}, ...rows('given', fop.args), ...rows('answer', fop.reply)),
  );
}

// ---- what objects have

/** What stands before a place: `frame.root.`, with the point. */
const PATH = /(?:^|[^\w.])((?:\w+\.)+)$/;

/** What the object before a place has; null where that is not known. */
function membersBefore(
  before: string,
  kind: ModuleKind,
  words: Words,
): readonly MemberWords[] | null {
  const [first, ...rest] = PATH.exec(before)?.[1]?.split('.').slice(0, -1) ?? [];
  const { names, classes } = words[kind];
  let name = first === undefined || !Object.hasOwn(names, first) ? undefined : names[first];
  for (const part of rest) {
    const member = classes[name ?? '']?.find((it) => it.name === part);
    name = member?.type.match(/\w+/g)?.find((word) => Object.hasOwn(classes, word));
  }
  return name === undefined ? null : (classes[name] ?? null);
}

const memberCard = ({ name, args, type, what }: MemberWords): HTMLElement =>
  el(
    'div',
    { class: 'card' },
    el('p', {}, el('code', {}, `${name}${args}: ${type}`)),
    ...what.split('\n').map((part) => el('p', {}, part)),
  );

const memberCompletion = (member: MemberWords): Completion => ({
  label: member.name,
  type: member.args === '' ? 'property' : 'method',
  // What is called stands first: there is less of it, and it is what most are looking for.
  ...(member.args === '' ? { detail: member.type } : { boost: 1 }),
  info: () => memberCard(member),
});

// ---- for the editor

export function moduleCompletions(kind: ModuleKind, words: Words) {
  const spelling = SPELLINGS[kind];
  const methods = methodsOf(words.fops, spelling).map((method) =>
    snippetCompletion(template(method, spelling), {
      label: method.name,
      type: 'method',
      detail: method.isCbk ? 'its answer' : `(${namesOf(method.fop.args, spelling).join(', ')})`,
      info: () => methodCard(method, spelling),
    }),
  );
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/\w*/)!;
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, word.from - line.from);
    const members = membersBefore(before, kind, words);
    if (members !== null) return { from: word.from, options: members.map(memberCompletion) };
    if (word.text === '' && !context.explicit) return null;
    return spelling.before.test(before) ? { from: word.from, options: methods } : null;
  };
}

/** @param before what stands before the word in its line */
export function moduleCard(
  before: string,
  word: string,
  kind: ModuleKind,
  words: Words,
): HTMLElement | null {
  const spelling = SPELLINGS[kind];
  const member = membersBefore(before, kind, words)?.find(({ name }) => name === word);
  if (member !== undefined) return memberCard(member);
  const method = methodsOf(words.fops, spelling).find(({ name }) => name === word);
  return method === undefined ? null : methodCard(method, spelling);
}
