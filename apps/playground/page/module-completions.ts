/** Completes words in modules: fops where methods are defined, and members of objects. */
import { type Completion, snippetCompletion } from '@codemirror/autocomplete';
import type { EditorState } from '@codemirror/state';
import { html } from '../../trace/page/dom.ts';
import type { ArgumentHelp, EditorHelp, FopHelp, MemberHelp } from '../page-data.ts';

/** The language of a module. */
export type ModuleKind = 'python' | 'javascript';

/** A completion with a card that explains the word. */
export interface ModuleCompletion extends Completion {
  readonly info?: () => HTMLElement;
}

/**
 * Returns the words that fit at a position.
 * @param hasPrefix whether a whole word follows the position, as on hover: then fops fit anywhere
 */
export type CompletionSource = (
  state: EditorState,
  from: number,
  hasPrefix: boolean,
) => readonly ModuleCompletion[];

/** The spelling of a translator's methods in one language. */
interface SpellingRules {
  /** Spells the name of an argument. */
  spellArgument(name: string): string;
  /** Suffix of a callback, after the fop's name. */
  readonly callbackSuffix: string;
  /** Matches the text before the name of a method. */
  readonly precedingTextPattern: RegExp;
  /** Formats a snippet: a method with this call as its head, and this body as text to replace. */
  formatMethod(call: string, body: string): string;
}

/** The spelling of fops, callbacks and arguments in each language. */
const SPELLINGS: Readonly<Record<ModuleKind, SpellingRules>> = {
  python: {
    spellArgument: String,
    callbackSuffix: '_cbk',
    precedingTextPattern: /^\s*(?:async\s+)?def\s+$/,
    formatMethod: (call, body) => `${call.replace('(', '(self, ')}:\n\t\${${body}}`,
  },
  javascript: {
    spellArgument: (name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    callbackSuffix: 'Cbk',
    precedingTextPattern: /^\s*(?:async\s+)?$/,
    formatMethod: (call, body) => `${call} {\n\t\${${body};}\n}`,
  },
};

/** Arguments of a callback before the parts of the reply. */
const RESULT_ARGUMENT_NAMES = ['op_ret', 'op_errno'];

/**
 * Makes completions of a fop's method and callback: `lookup(frame, loc, xdata)`, `lookup_cbk(…)`.
 */
function makeMethodCompletions(
  fop: FopHelp,
  { spellArgument, callbackSuffix, formatMethod }: SpellingRules,
): ModuleCompletion[] {
  const args = fop.args.map(({ name }) => spellArgument(name));
  const results = [...RESULT_ARGUMENT_NAMES, ...fop.reply.map(({ name }) => name)].map(
    spellArgument,
  );
  const makeRows = (title: string, args: readonly ArgumentHelp[]): HTMLElement[] =>
    args.map(
      ({ name, description }, index) =>
        html`<tr><td>${index === 0 && title}</td><th scope="row">${spellArgument(name)}</th><td>${description}</td></tr>`,
    );
  const makeCompletion = (call: string, body: string, detail: string): ModuleCompletion => ({
    ...snippetCompletion(formatMethod(call, body), {
      label: call.split('(')[0]!,
      type: 'method',
      detail,
    }),
    info: () => html`<div class="card">
      <p><code>${call}</code></p><p>${fop.description}</p>
      <table><tbody>${makeRows('arguments', fop.args)}${makeRows('reply', fop.reply)}</tbody></table>
    </div>`,
  });
  const call = `${fop.name}(${['frame', ...args].join(', ')})`;
  const callback = `${fop.name}${callbackSuffix}(${['frame', ...results].join(', ')})`;
  return [
    makeCompletion(call, 'frame.wind()', `(${args.join(', ')})`),
    makeCompletion(callback, `frame.unwind(${results.join(', ')})`, 'its reply'),
  ];
}

/** Matches the objects before a position, with the last dot: `frame.root.`. */
const OBJECT_PATH_PATTERN = /(?:^|[^\w.])((?:\w+\.)+)$/;

/** Finds the members of the object at the end of `textBefore`; null if its class is unknown. */
function findMembers(
  textBefore: string,
  { names, classes }: EditorHelp[ModuleKind],
): readonly MemberHelp[] | null {
  const [first, ...rest] = OBJECT_PATH_PATTERN.exec(textBefore)?.[1]?.split('.').slice(0, -1) ?? [];
  let className = first === undefined || !Object.hasOwn(names, first) ? undefined : names[first];
  for (const part of rest) {
    const member = classes[className ?? '']?.find(({ name }) => name === part);
    className = member?.type.match(/\w+/g)?.find((word) => Object.hasOwn(classes, word));
  }
  return className === undefined ? null : (classes[className] ?? null);
}

/** Makes the completion of a member, with a card. */
const makeMemberCompletion = ({ name, args, type, description }: MemberHelp): ModuleCompletion => ({
  label: name,
  type: args === '' ? 'property' : 'method',
  // Methods come first: they are fewer, and most often wanted.
  ...(args === '' ? { detail: type } : { boost: 1 }),
  info: () => html`<div class="card">
    <p><code>${name}${args}: ${type}</code></p>${description.split('\n').map((part) => html`<p>${part}</p>`)}
  </div>`,
});

/** Returns a language's completions: members after a dot, fops where a method is defined. */
export function makeModuleCompletions(kind: ModuleKind, help: EditorHelp): CompletionSource {
  const spelling = SPELLINGS[kind];
  const methods = help.fops.flatMap((fop) => makeMethodCompletions(fop, spelling));
  return (state, from, hasPrefix) => {
    const line = state.doc.lineAt(from);
    const textBefore = line.text.slice(0, from - line.from);
    const members = findMembers(textBefore, help[kind]);
    if (members !== null) {
      const completions = members.map(makeMemberCompletion);
      return hasPrefix ? [...completions, ...methods] : completions;
    }
    return hasPrefix || spelling.precedingTextPattern.test(textBefore) ? methods : [];
  };
}
