/** Makes the completions and hover cards of the editor, for volfiles and modules. */
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
} from '@codemirror/autocomplete';
import type { EditorState, Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import { html } from '../../trace/page/dom.ts';
import type { ArgumentHelp, EditorHelp, FopHelp, MemberHelp, OptionHelp } from '../page-data.ts';

/** The language of a module. */
type ModuleKind = 'python' | 'javascript';

/** A completion with a card that explains the word. */
interface ModuleCompletion extends Completion {
  readonly info?: () => HTMLElement;
}

/**
 * Returns the words that fit at a position.
 * @param hasPrefix whether a whole word follows the position, as on hover: then fops fit anywhere
 */
type CompletionSource = (
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
function makeModuleCompletions(kind: ModuleKind, help: EditorHelp): CompletionSource {
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

/** The kind of a file, which decides its language in the editor. */
export type FileKind = 'volfile' | ModuleKind | 'text';

/** Kinds by the extension of the file. */
const FILE_KINDS: Readonly<Record<string, FileKind>> = {
  vol: 'volfile',
  py: 'python',
  js: 'javascript',
};

/** Returns the kind of a file by its name; 'text' for other extensions. */
export const findFileKind = (path: string): FileKind =>
  FILE_KINDS[/\.([^./]+)$/.exec(path)?.[1] ?? ''] ?? 'text';

/** Matches the first word of a statement in a volfile. */
const STATEMENT_PATTERN = /(?:^|\s)(volume|type|option|subvolumes?|end-volume)(?=\s|$)/g;

/** Makes the completion of an option's key, with a card. */
function makeOptionCompletion({
  key,
  type,
  default: defaultValue,
  values,
  description,
}: OptionHelp): ModuleCompletion {
  const facts = [
    type,
    ...(defaultValue === null ? [] : [`${defaultValue} without it`]),
    ...(values.length === 0 ? [] : [`one of ${values.join(', ')}`]),
  ];
  return {
    label: key,
    type: 'property',
    detail: defaultValue === null ? type : `${type}, ${defaultValue}`,
    info: () =>
      html`<div class="card"><p><code>${key}</code> (${facts.join('; ')})</p><p>${description}</p></div>`,
  };
}

/** Completes the words of a volfile by the statement before the position. */
const makeVolfileCompletions =
  ({ types }: EditorHelp): CompletionSource =>
  (state, from) => {
    const text = state.sliceDoc(0, from).replace(/#.*$/gm, '');
    const lastStatement = [...text.matchAll(STATEMENT_PATTERN)].at(-1);
    if (lastStatement === undefined || /(^|\n)[^\S\n]*$/.test(text)) {
      const words = ['volume', 'type', 'option', 'subvolumes', 'end-volume'];
      return words.map((label) => ({ label, type: 'keyword' }));
    }
    /** Complete words between the statement's first word and the position. */
    const precedingWords = text
      .slice(lastStatement.index + lastStatement[0].length)
      .split(/\s+/)
      .filter(Boolean);
    const volume = text.slice(Math.max(0, text.lastIndexOf('volume ')));
    const typeName = /\btype\s+(\S+)/.exec(volume)?.[1];
    const options = types.find(({ type }) => type === typeName)?.options ?? [];
    if (lastStatement[1] === 'type') {
      return types.map(({ type, description }) => ({
        label: type,
        type: 'class',
        info: () => html`<div class="card"><p>${description}</p></div>`,
      }));
    }
    if (lastStatement[1] === 'option') {
      if (precedingWords.length === 0) return options.map(makeOptionCompletion);
      const values = options.find(({ key }) => key === precedingWords[0])?.values ?? [];
      return values.map((label) => ({ label, type: 'constant' }));
    }
    if (!lastStatement[1]!.startsWith('subvolume')) return [];
    const volumes = state.doc.toString().matchAll(/^\s*volume\s+(\S+)/gm);
    return [...volumes].map(([, name]) => ({ label: name!, type: 'variable' }));
  };

/** Makes the sources of completions and of hover cards for a kind of file. */
export function makeHelpSources(kind: FileKind, help: EditorHelp) {
  if (kind === 'text') return { complete: () => null, hover: [] as Extension };
  const findCompletions =
    kind === 'volfile' ? makeVolfileCompletions(help) : makeModuleCompletions(kind, help);
  const pattern = kind === 'volfile' ? /[^\s"`]+/g : /\w+/g;
  // On request or after a dot, completes also an empty word.
  const complete = (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(kind === 'volfile' ? /[^\s"`]+/ : /\w+/);
    const from = word?.from ?? context.pos;
    const isMember = context.matchBefore(/\.\w*/) !== null;
    if (word === null && !context.explicit && !isMember) return null;
    return { from, options: findCompletions(context.state, from, false) };
  };
  const hover = hoverTooltip((view, pos) => {
    const line = view.state.doc.lineAt(pos);
    const match = [...line.text.matchAll(pattern)].find(
      ({ index, 0: word }) => index <= pos - line.from && pos - line.from <= index + word.length,
    );
    if (match === undefined) return null;
    const [word] = match;
    const from = line.from + match.index;
    const completion = findCompletions(view.state, from, true).find(({ label }) => label === word);
    if (completion?.info === undefined) return null;
    return {
      pos: from,
      end: from + word.length,
      above: true,
      create: () => ({ dom: completion.info!() }),
    };
  });
  return { complete, hover };
}
