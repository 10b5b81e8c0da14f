/** Makes the completions and hover cards of the editor, for volfiles and modules. */
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import { html } from '../../trace/page/dom.ts';
import type { EditorHelp, OptionHelp } from '../page-data.ts';
import {
  type CompletionSource,
  type ModuleCompletion,
  type ModuleKind,
  makeModuleCompletions,
} from './module-completions.ts';

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
