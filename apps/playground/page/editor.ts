/** Shows the learner's files: a tab for each, and the open one in the editor CodeMirror. */
import { autocompletion } from '@codemirror/autocomplete';
import { javascript } from '@codemirror/lang-javascript';
import { python } from '@codemirror/lang-python';
import {
  indentUnit,
  StreamLanguage,
  type StringStream,
  syntaxHighlighting,
} from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { html, makeButton } from '../../trace/page/dom.ts';
import type { EditorHelp, FileTexts } from '../page-data.ts';
import { isCompiledModule } from '../play/compiled-modules.ts';
import type { Problem } from '../play/protocol.ts';
import { COLOURS } from './code-colours.ts';
import { type FileKind, findFileKind, makeHelpSources } from './completions.ts';
import { describeModule } from './module-sources.ts';

/** The position of the parser in the current statement. */
interface ParserState {
  /** The first word of the statement, and the number of words since. */
  statement: string;
  wordIndex: number;
}

/** Matches the first word of a statement. */
const STATEMENT_PATTERN = /^(?:volume|type|option|subvolume[sS]|end-volume)$/;
/** Classes of the words after a statement's first word; the last is for all further words. */
const WORD_CLASSES: Readonly<Record<string, readonly string[]>> = {
  volume: ['variableName.definition'],
  type: ['typeName'],
  option: ['propertyName', 'string'],
  subvolumes: ['variableName'],
};

/** Reads a word, string or comment. @returns its class, which decides its colour; null: none */
function readToken(stream: StringStream, state: ParserState): string | null {
  if (stream.eatSpace()) return null;
  if (stream.peek() === '#') {
    stream.skipToEnd();
    return 'comment';
  }
  if (stream.match(/^"(?:\\.|[^"\\])*"?/) || stream.match(/^`[^`]*`?/)) {
    state.wordIndex += 1;
    return 'string';
  }
  stream.match(/^[^\s"`]+/);
  const word = stream.current();
  if (word === '') {
    stream.next();
    return 'invalid';
  }
  if (STATEMENT_PATTERN.test(word)) {
    state.statement = word.toLowerCase();
    state.wordIndex = 0;
    return 'keyword';
  }
  const classes = WORD_CLASSES[state.statement.replace(/^subvolume$/, 'subvolumes')];
  if (classes === undefined) return 'invalid';
  const wordClass = classes[Math.min(state.wordIndex, classes.length - 1)]!;
  state.wordIndex += 1;
  return wordClass === 'string' && /^[-+]?\d/.test(word) ? 'number' : wordClass;
}

/** The language of volfiles. */
const volfileLanguage = StreamLanguage.define<ParserState>({
  name: 'volfile',
  startState: () => ({ statement: '', wordIndex: 0 }),
  copyState: (state) => ({ ...state }),
  token: readToken,
  languageData: { commentTokens: { line: '#' } },
});

/** CodeMirror's extensions for each kind of file. */
const languageExtensions: Readonly<Record<FileKind, () => Extension>> = {
  volfile: () => volfileLanguage,
  python: () => [python(), indentUnit.of('    ')],
  javascript: () => javascript(),
  text: () => [],
};

/** Sets the decorations of `highlightField`. */
const setHighlight = StateEffect.define<DecorationSet>();

/** The part of the editor's state with the decorated line of the current request. */
const highlightField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (decorations, { effects, changes }) =>
    effects.find((effect) => effect.is(setHighlight))?.value ?? decorations.map(changes),
  provide: (field) => EditorView.decorations.from(field),
});

/** The decoration of the line of the current request. */
const highlightDecoration = Decoration.line({
  class: 'lit',
  attributes: { 'aria-current': 'step' },
});

/** Matches valid paths: all files lie in one folder. */
const FILE_PATH_PATTERN = /^\/[\w.-]+$/;

/** Pixels to keep visible below a revealed line. */
const REVEALED_BELOW_PX = 8;

/** The editor's help, and the page's functions that it calls. */
export interface EditorSettings {
  /** The words to complete, and their explanations. */
  readonly help: EditorHelp;
  /** Called when texts, names or the open tab have changed. */
  onChange(): void;
  /** Called before a file is removed. */
  onRemove(): void;
}

/** The editor with its tabs. */
export class Editor {
  readonly element: HTMLElement;
  private readonly settings: EditorSettings;
  private readonly view: EditorView;
  /** Text, history and marks of each file by its path, in the order of the tabs. */
  private readonly states = new Map<string, EditorState>();
  /** The texts of compiled modules by their paths: the editor shows a description in their place. */
  private readonly compiledTexts = new Map<string, string>();
  private readonly tabs = html`<div class="tabs" role="tablist" aria-label="Files"
    @keydown="${(event: KeyboardEvent) => this.moveTab(event)}"></div>`;
  private readonly removeButton = makeButton('×', 'Remove this file', () => this.remove());
  private readonly panel = html`<div class="panel" id="panel" role="tabpanel"></div>`;
  private problems: readonly Problem[] = [];
  /** Path of the open file; '' without one. */
  private currentPath = '';

  constructor(settings: EditorSettings) {
    this.settings = settings;
    this.view = new EditorView({ parent: this.panel });
    const add = (): void => this.askName('Name of the new file', '', (path) => this.add(path));
    const rename = (): void =>
      this.askName('New name', this.currentPath, (path) => this.rename(path));
    this.element = html`<section class="editor" aria-label="Files">
      <div class="filebar">${this.tabs}
        <div class="acts">
          ${makeButton('+', 'Add a file', add)}${makeButton('✎', 'Rename this file', rename)}
          ${this.removeButton}
        </div>
      </div>
      ${this.panel}
    </section>`;
  }

  /** The texts of all files, by path. */
  get texts(): FileTexts {
    this.storeOpenState();
    return Object.fromEntries([...this.states.keys()].map((path) => [path, this.readText(path)]));
  }

  /** Reads the text of a file. */
  private readText(path: string): string {
    return this.compiledTexts.get(path) ?? this.states.get(path)!.doc.toString();
  }

  /** The path of the open file; '' without one. */
  get openPath(): string {
    return this.currentPath;
  }

  /** Replaces all files. @param openPath of the file to open; default the first */
  setTexts(texts: FileTexts, openPath?: string): void {
    this.states.clear();
    this.compiledTexts.clear();
    this.problems = [];
    for (const [path, text] of Object.entries(texts))
      this.states.set(path, this.makeState(path, text));
    this.currentPath = '';
    const [firstPath] = this.states.keys();
    if (firstPath === undefined) return;
    this.show(openPath !== undefined && this.states.has(openPath) ? openPath : firstPath);
  }

  /** Opens the tab of a file, and scrolls to a line. */
  show(path: string, line?: number): void {
    const state = this.states.get(path);
    if (state === undefined) return;
    if (path !== this.currentPath) {
      this.storeOpenState();
      this.currentPath = path;
      this.view.setState(state);
      this.markProblems();
      this.drawTabs();
      this.settings.onChange();
    }
    if (line === undefined) return;
    const position = this.view.state.doc.line(
      Math.max(1, Math.min(line, this.view.state.doc.lines)),
    ).from;
    this.view.dispatch({ selection: { anchor: position }, scrollIntoView: true });
    this.view.focus();
  }

  /** Marks problems at their lines. */
  setProblems(problems: readonly Problem[]): void {
    this.problems = problems;
    this.markProblems();
    this.drawTabs();
  }

  /** Highlights the line of the current request if its file is open; null removes the highlight. */
  highlightLine(file: string | null, line: number | null): void {
    const { doc } = this.view.state;
    const isOpen = file !== null && this.currentPath === `/${file}`;
    const isShown = isOpen && line !== null && line >= 1 && line <= doc.lines;
    const decorations = isShown
      ? Decoration.set(highlightDecoration.range(doc.line(line).from))
      : Decoration.none;
    // While the user types, the text must not scroll.
    const mustScroll = isShown && !this.view.hasFocus;
    this.view.dispatch({ effects: [setHighlight.of(decorations)] });
    if (mustScroll) this.scrollTextTo(line);
  }

  /** Scrolls the text to a line. `EditorView.scrollIntoView` would scroll the page, too. */
  private scrollTextTo(line: number): void {
    const { scrollDOM, state } = this.view;
    const { top, bottom } = this.view.lineBlockAt(state.doc.line(line).from);
    const { scrollTop, clientHeight } = scrollDOM;
    const minTop = bottom + REVEALED_BELOW_PX - clientHeight;
    if (top < scrollTop || minTop > scrollTop) scrollDOM.scrollTop = Math.min(top, minTop);
  }

  /** Stores the state of the open file, which the view has changed. */
  private storeOpenState(): void {
    if (this.states.has(this.currentPath)) this.states.set(this.currentPath, this.view.state);
  }

  /** Makes the editor's state for a file that is opened for the first time. */
  private makeState(path: string, text: string): EditorState {
    const isCompiled = isCompiledModule(path);
    if (isCompiled) this.compiledTexts.set(path, text);
    const doc = isCompiled ? describeModule(path, text) : text;
    const kind = findFileKind(path);
    const { complete, hover } = makeHelpSources(kind, this.settings.help);
    return EditorState.create({
      doc,
      extensions: [
        basicSetup,
        languageExtensions[kind](),
        syntaxHighlighting(COLOURS),
        autocompletion({ override: [complete] }),
        hover,
        lintGutter(),
        highlightField,
        EditorState.tabSize.of(4),
        EditorView.lineWrapping,
        EditorState.readOnly.of(isCompiled),
        EditorView.contentAttributes.of({ 'aria-label': `Text of ${path}`, tabindex: '0' }),
        EditorView.updateListener.of(({ docChanged }) => {
          if (docChanged) this.settings.onChange();
        }),
      ],
    });
  }

  /** Marks the problems of the open file in its text. */
  private markProblems(): void {
    const { state } = this.view;
    const fileProblems = this.problems.filter(({ file }) => file === this.currentPath);
    const diagnostics = fileProblems.map(({ line, column, severity, message }): Diagnostic => {
      const docLine = state.doc.line(Math.max(1, Math.min(line, state.doc.lines)));
      const from = Math.min(docLine.to, docLine.from + Math.max(0, column - 1));
      const word = /^[^\s"`]+/.exec(state.sliceDoc(from, docLine.to))?.[0] ?? '';
      return { from, to: from + word.length, severity, message };
    });
    this.view.dispatch(setDiagnostics(state, diagnostics));
  }

  /** Draws the tabs again, with the number of problems in each file. */
  private drawTabs(): void {
    const tabs = [...this.states.keys()].map((path) => {
      const isOpen = path === this.currentPath;
      const problemCount = this.problems.filter(({ file }) => file === path).length;
      return html`<button type="button" role="tab" aria-selected="${String(isOpen)}"
        aria-controls="panel" tabindex="${isOpen ? 0 : -1}" data-path="${path}"
        class="${problemCount > 0 && 'wrong'}" @click="${() => this.show(path)}">
        ${path.slice(1)}${problemCount > 0 && html`<span class="count"> ${problemCount} wrong</span>`}
      </button>`;
    });
    this.tabs.replaceChildren(...tabs);
    this.removeButton.disabled = this.states.size < 2;
    this.panel.setAttribute('aria-label', this.currentPath.slice(1));
  }

  /** Opens the tab beside the open one by the arrow keys. */
  private moveTab(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const paths = [...this.states.keys()];
    const nextIndex = (paths.indexOf(this.currentPath) + step + paths.length) % paths.length;
    this.show(paths[nextIndex]!);
    this.tabs.querySelector<HTMLElement>('[aria-selected=true]')!.focus();
    event.preventDefault();
  }

  /** Asks for a file name until it is valid; `onName` is not called if the user gives up. */
  private askName(label: string, value: string, onName: (path: string) => void): void {
    let path = value;
    for (let hint = ''; ; ) {
      const name = prompt(hint + label, path.slice(1))?.trim();
      if (name === undefined) return;
      path = `/${name.replace(/^\/+/, '')}`;
      if (path === value) return;
      if (FILE_PATH_PATTERN.test(path) && !this.states.has(path)) break;
      hint = FILE_PATH_PATTERN.test(path)
        ? `There is a ${path.slice(1)} already. `
        : 'A name has letters, digits, _, - and dots: cache.py, graph.vol. ';
    }
    onName(path);
  }

  /** Adds an empty file, and opens it. */
  private add(path: string): void {
    this.storeOpenState();
    this.states.set(path, this.makeState(path, ''));
    this.show(path);
  }

  /** Renames the open file; its tab keeps its place, and its history is lost. */
  private rename(newPath: string): void {
    this.storeOpenState();
    const oldPath = this.currentPath;
    const entries = [...this.states].map(([path, state]): [string, EditorState] =>
      path === oldPath ? [newPath, this.makeState(newPath, this.readText(oldPath))] : [path, state],
    );
    this.compiledTexts.delete(oldPath);
    this.states.clear();
    for (const [path, state] of entries) this.states.set(path, state);
    this.currentPath = '';
    this.show(newPath);
  }

  /** Removes the open file if the user confirms it, and opens the first one. */
  private remove(): void {
    const { currentPath } = this;
    if (!confirm(`Remove ${currentPath.slice(1)}?`)) return;
    this.settings.onRemove();
    this.states.delete(currentPath);
    this.compiledTexts.delete(currentPath);
    this.currentPath = '';
    this.show([...this.states.keys()][0]!);
  }
}
