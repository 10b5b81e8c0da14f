/** Completion and hover of the editor: types, options and names in volfiles; of modules, see modules.ts. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { EditorState, Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import { el } from '../../trace/page/dom.ts';
import type { OptionWords, TypeWords, Words } from '../given.ts';
import { type ModuleKind, moduleCard, moduleCompletions } from './modules.ts';

export type Kind = 'volfile' | ModuleKind | 'text';

const KINDS: Readonly<Record<string, Kind>> = { vol: 'volfile', py: 'python', js: 'javascript' };

export const kindOf = (path: string): Kind => KINDS[/\.([^./]+)$/.exec(path)?.[1] ?? ''] ?? 'text';

// ---- volfiles

interface Statement {
  readonly word: string;
  /** Words that are complete between it and the place. */
  readonly before: readonly string[];
}

const STATEMENT = /(?:^|\s)(volume|type|option|subvolumes?|end-volume)(?=\s|$)/g;

/** The statement that a place is in. */
function statementAt(state: EditorState, pos: number): Statement | null {
  const text = state.sliceDoc(0, pos).replace(/#.*$/gm, '');
  const last = [...text.matchAll(STATEMENT)].at(-1);
  if (last === undefined) return null;
  const behind = text.slice(last.index + last[0].length);
  return { word: last[1]!, before: behind.split(/\s+/).slice(0, -1).filter(Boolean) };
}

/** The type of the volume that a place is in. */
function typeAt(state: EditorState, pos: number, words: Words): TypeWords | undefined {
  const text = state.sliceDoc(0, pos).replace(/#.*$/gm, '');
  const volume = text.slice(Math.max(0, text.lastIndexOf('volume ')));
  const named = /\btype\s+(\S+)/.exec(volume)?.[1];
  return words.types.find(({ type }) => type === named);
}

const plain = (label: string, type: string): Completion => ({ label, type });

function volfileCompletions(context: CompletionContext, words: Words): readonly Completion[] {
  const { state, pos } = context;
  const word = context.matchBefore(/\S+/);
  const statement = statementAt(state, word?.from ?? pos);
  const isFirst = /^\s*\S*$/.test(
    state.doc.lineAt(pos).text.slice(0, pos - state.doc.lineAt(pos).from),
  );
  if (isFirst || statement === null) {
    return ['volume', 'type', 'option', 'subvolumes', 'end-volume'].map((it) =>
      plain(it, 'keyword'),
    );
  }
  const options = typeAt(state, pos, words)?.options ?? [];
  if (statement.word === 'type') {
    return words.types.map(({ type, what }) => ({ label: type, type: 'class', info: what }));
  }
  if (statement.word === 'option' && statement.before.length === 0) {
    return options.map((option) => ({
      label: option.key,
      type: 'property',
      detail: option.default === null ? option.type : `${option.type}, ${option.default}`,
      info: option.what,
    }));
  }
  if (statement.word === 'option') {
    const option = options.find(({ key }) => key === statement.before[0]);
    return (option?.values ?? []).map((value) => plain(value, 'constant'));
  }
  if (!statement.word.startsWith('subvolume')) return [];
  const volumes = [...state.doc.toString().matchAll(/^\s*volume\s+(\S+)/gm)];
  return volumes.map(([, name]) => plain(name!, 'variable'));
}

function optionCard(option: OptionWords): HTMLElement {
  const facts = [
    option.type,
    ...(option.default === null ? [] : [`${option.default} without it`]),
    ...(option.values.length === 0 ? [] : [`one of ${option.values.join(', ')}`]),
  ];
  return el(
    'div',
    { class: 'card' },
    el('p', {}, el('code', {}, option.key), ` (${facts.join('; ')})`),
    el('p', {}, option.what),
  );
}

// ---- all

/** What the editor completes words of a file by. */
export function completionsFor(kind: Kind, words: Words) {
  if (kind === 'text') return () => null;
  if (kind !== 'volfile') return moduleCompletions(kind, words);
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[^\s"`]+/);
    if (word === null && !context.explicit) return null;
    return { from: word?.from ?? context.pos, options: volfileCompletions(context, words) };
  };
}

/** What the editor says of the word that the pointer is on. */
export function hoverFor(kind: Kind, words: Words): Extension {
  if (kind === 'text') return [];
  return hoverTooltip((view, pos) => {
    const line = view.state.doc.lineAt(pos);
    const at = pos - line.from;
    for (const match of line.text.matchAll(kind === 'volfile' ? /[^\s"`]+/g : /\w+/g)) {
      const [word] = match;
      if (at < match.index || at > match.index + word.length) continue;
      const before = line.text.slice(0, match.index);
      const card =
        kind === 'volfile'
          ? volfileCard(word, words, () => typeAt(view.state, line.to, words))
          : moduleCard(before, word, kind, words);
      if (card === null) return null;
      const from = line.from + match.index;
      return { pos: from, end: from + word.length, above: true, create: () => ({ dom: card }) };
    }
    return null;
  });
}

function volfileCard(
  word: string,
  words: Words,
  type: () => TypeWords | undefined,
): HTMLElement | null {
  const named = words.types.find((each) => each.type === word);
  if (named !== undefined) return el('div', { class: 'card' }, el('p', {}, named.what));
  const option = type()?.options.find(({ key }) => key === word);
  return option === undefined ? null : optionCard(option);
}
