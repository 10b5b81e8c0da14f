/**
 * Builds the page of `glossa playground`: files on one side, requests on the other, a shell below.
 * The worker of apps/playground/play runs the graph, and the page shows its recordings.
 */
import { parseLessonFragment } from '../../course/lesson-link.ts';
import { html, isPageKey } from '../../trace/page/dom.ts';
import type { FileTexts, PageData } from '../page-data.ts';
import type { OutputPiece, Problem } from '../play/protocol.ts';
import { decodeShare, type PlayState, VOLFILE } from '../play/share-fragment.ts';
import { makeCountersView, ZERO_COUNTERS } from './counters-view.ts';
import { Editor } from './editor.ts';
import { FileStore, type PageFiles } from './file-store.ts';
import { makeFooter, makeHeader } from './header-footer.ts';
import { loadParts } from './interpreter-parts.ts';
import { Lessons } from './lessons/index.ts';
import { Notices } from './notices.ts';
import { ProblemChecker } from './problem-checker.ts';
import { makeProblem, makeProblemList } from './problem-list.ts';
import { RequestView } from './request-view.ts';
import { showShareLink } from './share-link.ts';
import { makeShellView } from './shell-view.ts';
import { findMissingFeatures, makeWorkerStarter } from './start-worker.ts';
import { makeFileInput, mergeFiles, saveFiles } from './user-files.ts';
import { WorkerLost, WorkerSession } from './worker-session.ts';

/** Time limits of the worker's answers, in milliseconds. A start loads interpreters, slowly on some machines. */
const TIME_LIMITS_MS = {
  start: 120_000,
  judge: 60_000,
  run: 10_000,
  complete: 10_000,
  distance: 10_000,
};
/** Distance to the storage and back at first, in milliseconds: as in the tutorial; and the slider's greatest. */
const INITIAL_DISTANCE_MS = 1.4;
const DISTANCE_MAX_MS = 10;
/** Maximum number of lines of the graph's log that the page shows. */
const LOG_LINES_MAX = 500;
/** Maximum number of choices that “Undo…” offers. */
const EARLIER_CHOICES_MAX = 6;
/** The remark below the example's line after the shell has run it. */
const EXAMPLE_REMARK =
  'Press Enter to run this again: your translator then answers for the name that was absent, and the storage is asked less.';

/** The page: its parts, the stored files, and the session with the worker. */
class Playground {
  private readonly data: PageData;
  private readonly notices = new Notices();
  private readonly status = html`<p id="status" role="status">Python is being loaded…</p>`;
  private readonly problems = makeProblemList((file, line) => this.editor.show(file, line || 1));
  private readonly counters = makeCountersView();
  private readonly requestView: RequestView;
  private readonly editor: Editor;
  private readonly shell = makeShellView({
    run: (line) => this.runLine(line),
    complete: async (line) => (await this.session)?.ask('complete', { line }).catch(() => []) ?? [],
  });
  private readonly log = html`<pre id="log" tabindex="0" role="log" aria-label="Log"></pre>`;
  private readonly distance = html<HTMLInputElement>`<input type="range" id="distance" min="0"
    max="${DISTANCE_MAX_MS}" step="0.1" @input="${() => this.showDistance()}"
    @change="${() => this.applyDistance()}">`;
  private readonly distanceText = html`<output for="distance"></output>`;
  private readonly store: FileStore;
  private readonly checker: ProblemChecker;
  private readonly fileChooser = makeFileInput((files) => void this.openFiles(files));
  private readonly lessons: Lessons;
  private readonly desk = html`<div class="desk"></div>`;
  /** The fragment of the files' lesson; '' if they belong to no lesson. */
  private lessonFragment = '';
  /** The session with the worker, once the interpreters are loaded; null if nothing can run. */
  private session: Promise<WorkerSession | null> = Promise.resolve(null);
  /** Makes a session; throws before the interpreters are loaded. */
  private makeSession: () => WorkerSession = () => {
    throw new Error('nothing can run in this page');
  };
  /** The texts of the running graph, as JSON; null if none runs. */
  private startedTexts: string | null = null;
  /** Shell lines that produced the content of the storage. */
  private journal: readonly string[] = [];

  constructor(data: PageData) {
    this.data = data;
    this.editor = new Editor({
      help: data.editorHelp,
      onChange: () => {
        this.store.storeSoon();
        // The first start reports the problems itself.
        if (document.documentElement.dataset.ready !== undefined) this.checker.checkSoon();
      },
      onRemove: () => this.store.leaveSlot(),
    });
    this.checker = new ProblemChecker({
      readTexts: () => this.editor.texts,
      makeSession: () => this.makeSession(),
      onBusy: (isBusy) => this.problems.element.setAttribute('aria-busy', String(isBusy)),
      onProblems: (problems) => this.showProblems(problems),
    });
    this.requestView = new RequestView((position) =>
      this.editor.highlightLine(position?.source.file ?? null, position?.line ?? null),
    );
    this.store = new FileStore({
      readFiles: () => this.currentFiles,
      onError: (reason) => {
        const text = `What you type is not kept when this page is closed: ${reason}`;
        if (reason === null) this.notices.hide('store');
        else this.notices.show('store', text);
      },
    });
    this.lessons = new Lessons({
      part: data.lessons,
      notices: this.notices,
      readTexts: () => this.editor.texts,
      openLesson: (lesson, files) => this.openLesson(lesson, files),
      replaceFiles: (texts) => {
        this.replaceFiles(
          { ...this.initialFiles, texts },
          this.editor.openPath,
          this.lessonFragment,
        );
        void this.startGraph();
      },
      canRun: () =>
        this.session.then(
          (session) => session !== null,
          () => false,
        ),
      makeSession: () => this.makeSession(),
      showTraffic: ({ counters, recording }) => {
        this.counters.show(counters, 'check');
        void this.requestView.showRecording(recording, this.editor.texts);
      },
      onToggle: (isShown) => {
        this.desk.classList.toggle('learning', isShown);
        document.getElementById('lessons')?.setAttribute('aria-expanded', String(isShown));
        if (isShown) this.notices.hide('welcome');
      },
    });
  }

  /** Builds the page, and then loads the interpreters. */
  async open(page: HTMLElement): Promise<void> {
    const stored = this.store.load();
    this.applyFiles(stored ?? this.initialFiles);
    this.store.markStored();
    this.desk.append(...this.buildParts());
    const footer = makeFooter(this.data.version);
    page.replaceChildren(this.buildHeader(), this.notices.element, this.desk, footer);
    const missingFeatures = findMissingFeatures();
    if (missingFeatures.length > 0) {
      this.status.textContent = `This browser lacks ${missingFeatures.join(', ')}: nothing can run in it.`;
      return;
    }
    this.listenForKeys();
    this.session = this.loadSession();
    const hasLink = await this.openLink();
    if (location.hash.length < 2) this.updateAddress();
    if (stored === null && !hasLink) this.showWelcome();
    try {
      await this.session;
    } catch (error) {
      this.session = Promise.resolve(null);
      this.status.textContent = `The playground cannot start: ${(error as Error).message}`;
      return;
    }
    const isRunning = await this.startGraph();
    if (isRunning && stored === null && !hasLink) await this.shell.runOffered(EXAMPLE_REMARK);
    // Tests wait for this attribute.
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
  }

  /** Loads the interpreters, and makes the first session. @throws {Error} */
  private async loadSession(): Promise<WorkerSession> {
    const parts = await loadParts(this.data.parts);
    const settings = { makeWorker: makeWorkerStarter(parts), timeLimitsMs: TIME_LIMITS_MS };
    this.makeSession = () => new WorkerSession(settings);
    return this.makeSession();
  }

  /** The example's files, as the page shows them at first. */
  private get initialFiles(): PageFiles {
    return {
      files: this.data.files,
      open: '',
      lesson: '',
      distanceMs: INITIAL_DISTANCE_MS,
      journal: [],
    };
  }

  /** The state from which a graph starts, and which a link restores. */
  private get playState(): PlayState {
    const distanceMs = Number(this.distance.value);
    return { texts: this.editor.texts, distanceMs, journal: this.journal };
  }

  /** The files as the store writes them. */
  private get currentFiles(): PageFiles {
    const { texts, ...rest } = this.playState;
    return { files: texts, open: this.editor.openPath, lesson: this.lessonFragment, ...rest };
  }

  /** Shows files in the editor, and their lesson; the graph does not start yet. */
  private applyFiles({ files, open, lesson, distanceMs, journal }: PageFiles): void {
    this.journal = journal;
    if (lesson !== this.lessonFragment) {
      this.lessonFragment = lesson;
      void this.lessons.show(lesson).catch((error) => this.reportLessonError(error));
    }
    this.startedTexts = null;
    this.editor.setTexts(files, open);
    this.shell.offer(files === this.data.files ? this.data.demoCommand : '');
    this.distance.value = String(distanceMs);
    this.showDistance();
  }

  /** Replaces the files; the replaced ones stay in the store, for “Undo…”. */
  private replaceFiles(state: PlayState, open = '', lesson = ''): void {
    this.store.leaveSlot();
    const { texts, distanceMs, journal } = state;
    this.applyFiles({ files: texts, open, lesson, distanceMs, journal });
    this.updateAddress();
    this.store.storeSoon();
  }

  // ---- lessons

  /** Opens a lesson ('' for none) as the learner left it, or with these files. */
  private openLesson(lesson: string, files: FileTexts): void {
    if (lesson === this.lessonFragment) return;
    this.store.leaveSlot();
    this.applyFiles(this.store.resume(lesson) ?? { ...this.initialFiles, files, lesson });
    this.store.markStored();
    this.updateAddress();
  }

  /** Sets the address to the open lesson, or to the page alone. */
  private updateAddress(): void {
    const fragment = this.lessonFragment === '' ? '' : `#${this.lessonFragment}`;
    history.replaceState(null, '', location.pathname + location.search + fragment);
  }

  /** Offers the first lesson to new users. */
  private showWelcome(): void {
    const act = (): void =>
      void this.lessons.openFirst().catch((error) => this.reportLessonError(error));
    const text = 'New to translators? Ten lessons lead to a cache and a storage of your own.';
    this.notices.show('welcome', text, [{ label: 'Start with lesson 1', act }]);
  }

  /** Shows why a lesson cannot be opened. */
  private reportLessonError(error: Error): void {
    this.notices.show('lessons', `The lessons cannot be shown: ${error.message}`);
  }

  /** Shows problems in the editor, and lists them below it. */
  private showProblems(problems: readonly Problem[]): void {
    this.editor.setProblems(problems);
    this.problems.show(problems);
  }

  // ---- running

  /** Starts a graph of the editor's files. @returns whether it runs */
  private async startGraph(): Promise<boolean> {
    const session = await this.session;
    if (session === null) return false;
    const { playState: state } = this;
    const { texts } = state;
    this.checker.markChecked(texts);
    this.status.textContent = 'The graph is being started…';
    try {
      const result = await session.ask('start', state);
      this.addLog(result.log);
      this.showProblems(result.problems);
      this.startedTexts = result.isRunning ? JSON.stringify(texts) : null;
      if (result.isRunning) {
        this.requestView.showGraph(result.volumes);
        this.counters.show(ZERO_COUNTERS, 'graph');
      }
      this.status.textContent = result.isRunning ? 'Ready.' : 'It does not run: see the problems.';
      return result.isRunning;
    } catch (error) {
      this.startedTexts = null;
      this.showProblems([makeProblem((error as Error).message)]);
      this.status.textContent = 'It does not run: see the problems.';
      return false;
    }
  }

  /** Runs a shell line, and first starts the graph if files have changed. @returns the output */
  private async runLine(line: string): Promise<readonly OutputPiece[]> {
    const session = await this.session;
    if (session === null) return makeErrorOutput('nothing runs in this page');
    const { texts } = this.editor;
    if (this.startedTexts !== JSON.stringify(texts) && !(await this.startGraph())) {
      return makeErrorOutput('the graph does not run: see the problems of the files');
    }
    this.status.textContent = `${line} …`;
    try {
      const result = await session.ask('run', { line });
      this.status.textContent = 'Ready.';
      if (result.journalLine !== null) this.journal = [...this.journal, result.journalLine];
      this.store.storeSoon();
      this.counters.show(result.counters, 'graph');
      this.addLog(result.log);
      await this.requestView.showRecording(result.recording, texts);
      return result.output;
    } catch (error) {
      if (error instanceof WorkerLost) return this.restartWorker(error.message);
      this.status.textContent = 'Ready.';
      return makeErrorOutput((error as Error).message);
    }
  }

  /** Starts a new worker with the same storage, after a call that never ended. */
  private async restartWorker(reason: string): Promise<readonly OutputPiece[]> {
    this.startedTexts = null;
    const lineCount = this.journal.length;
    const isRunning = await this.startGraph();
    const restoredText =
      lineCount === 0 ? '' : `, and the storage has been filled again (${lineCount} lines)`;
    const outcome = isRunning
      ? `A new one runs${restoredText}.`
      : 'A new one does not start with these files.';
    const text = `The worker was stopped: ${reason}. ${outcome} What you typed is all there.`;
    this.notices.show('lost', text);
    return makeErrorOutput(`stopped: ${reason}`);
  }

  /** Adds lines to the graph's log, and removes the oldest ones above LOG_LINES_MAX. */
  private addLog(lines: readonly string[]): void {
    const earlierLines = this.log.textContent!.split('\n').filter((line) => line !== '');
    this.log.textContent = [...earlierLines, ...lines].slice(-LOG_LINES_MAX).join('\n');
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** Shows the distance that the slider has. */
  private showDistance(): void {
    const text = `${Number(this.distance.value).toFixed(1)} ms`;
    this.distanceText.textContent = text;
    this.distance.setAttribute('aria-valuetext', text);
  }

  /** Sets the slider's distance in the running graph. */
  private async applyDistance(): Promise<void> {
    this.store.storeSoon();
    const session = await this.session;
    if (this.startedTexts === null) return;
    const { distanceMs } = this.playState;
    await session?.ask('distance', { distanceMs }).catch((error: Error) => {
      this.notices.show('distance', `The distance was not changed: ${error.message}`);
    });
  }

  /** Empties the storage and the counters. */
  private async emptyStorage(): Promise<void> {
    this.journal = [];
    this.store.storeSoon();
    await this.startGraph();
  }

  // ---- files

  /** Opens the lesson or the shared files of the page's address, if it has any; the store keeps the replaced files. */
  private async openLink(): Promise<boolean> {
    const lesson = parseLessonFragment(location.hash);
    try {
      if (lesson !== null) {
        await this.lessons.openLink(lesson);
        return true;
      }
      if (location.hash.length < 2) return false;
      this.replaceFiles(await decodeShare(location.hash));
      this.notices.show(
        'link',
        `These files are from a link. They run in this page, which has no network access.${this.undoHint}`,
      );
      return true;
    } catch (error) {
      this.notices.show('link', `Nothing was taken from the link: ${(error as Error).message}.`);
      return false;
    }
  }

  /** Offers files of earlier visits and of other tabs. */
  private offerEarlierFiles(): void {
    const earlier = this.store.listEarlier().slice(0, EARLIER_CHOICES_MAX);
    const choices = earlier.map((stored) => ({
      label: `${Object.keys(stored.files)
        .map((path) => path.slice(1))
        .join(', ')} (${new Date(stored.at).toLocaleString()})`,
      act: () => {
        this.replaceFiles({ ...stored, texts: stored.files }, stored.open, stored.lesson);
        void this.startGraph();
      },
    }));
    const emptyText = 'Nothing else was typed here before.';
    this.notices.show('before', choices.length === 0 ? emptyText : 'Take back:', choices);
  }

  /** The hint that “Undo…” restores the replaced files; '' without replaced files. */
  private get undoHint(): string {
    return this.store.listEarlier().length === 0 ? '' : ' “Undo…” has what was here.';
  }

  /** Opens files of the user's machine, and starts the graph. */
  private async openFiles(files: readonly File[]): Promise<void> {
    const { playState: state } = this;
    try {
      const newState = await mergeFiles(files, state);
      // A module from the user's machine belongs to the open lesson.
      const isModuleOnly = newState.texts[VOLFILE] === state.texts[VOLFILE];
      this.replaceFiles(newState, '', isModuleOnly ? this.lessonFragment : '');
    } catch (error) {
      this.notices.show('open', `Nothing was opened: ${(error as Error).message}.`);
      return;
    }
    const names = files.map(({ name }) => name).join(', ');
    this.notices.show('open', `Opened: ${names}.${this.undoHint}`);
    await this.startGraph();
  }

  /** Begins again with the example. */
  private openExample(): void {
    this.replaceFiles({ ...this.initialFiles, texts: this.data.files });
    void this.emptyStorage();
  }

  // ---- layout

  private buildHeader(): Node {
    const actions = {
      start: () => void this.startGraph(),
      lessons: () => void this.lessons.toggleList().catch((error) => this.reportLessonError(error)),
      empty: () => void this.emptyStorage(),
      share: () => void showShareLink(this.playState, this.notices),
      save: () => saveFiles(this.editor.texts),
      open: () => this.fileChooser.click(),
      undo: () => this.offerEarlierFiles(),
      example: () => this.openExample(),
    };
    return makeHeader(actions, this.status, this.fileChooser);
  }

  /** Builds the parts in reading order; the style sheet puts them side by side on wide screens. */
  private buildParts(): HTMLElement[] {
    const { element, details } = this.requestView;
    return [
      html`<div class="course">${this.lessons.elements}</div>`,
      html`<div class="side files">${this.editor.element}${this.problems.element}</div>`,
      html`<div class="side shell-side">${this.shell.element}
        <details class="log"><summary>Log of the graph</summary>${this.log}</details>
      </div>`,
      html`<div class="side requests-side">${this.counters.element}${element}
        <p class="knob">
          <label for="distance">To the storage and back</label>${this.distance}${this.distanceText}
        </p>
        ${details}
      </div>`,
    ];
  }

  /** Handles the page's keys, and changes of its address. */
  private listenForKeys(): void {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
    const fieldsWithKeys =
      'input:not([type=checkbox]), select, pre, [role=listbox], [role=tablist], .cm-editor';
    addEventListener('hashchange', () => {
      // The user has gone back to the page without a lesson.
      if (location.hash.length < 2) this.openLesson('', this.data.files);
      void this.openLink().then((isTaken) => {
        if (isTaken || this.startedTexts === null) void this.startGraph();
      });
    });
    document.addEventListener('keydown', (event) => {
      const { key } = event;
      const isCommand = event.ctrlKey || event.metaKey;
      const step = steps[key];
      if (isCommand && key === 'Enter') void this.startGraph();
      else if (isCommand && key === 's' && this.lessons.isOpen) void this.lessons.check();
      else if (step !== undefined && isPageKey(event, fieldsWithKeys))
        this.requestView.moveSteps(step);
      else return;
      event.preventDefault();
    });
  }
}

/** Makes the output of a line that could not run. */
const makeErrorOutput = (text: string): readonly OutputPiece[] => [{ text, isError: true }];

const data = JSON.parse(document.getElementById('given')!.textContent!) as PageData;
void new Playground(data).open(document.getElementById('page')!);
