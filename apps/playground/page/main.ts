/**
 * The page of `glossa playground`: files on one side, requests on the other, a shell below. The
 * worker of apps/playground/play runs the graph, and the page shows its recordings.
 */
import { lessonIn } from '../../course/lesson-link.ts';
import { html, isPageKey } from '../../trace/page/dom.ts';
import type { FileTexts, PageData } from '../page-data.ts';
import type { Problem } from '../play/protocol.ts';
import type { Written } from '../play/shell/index.ts';
import { decodeShare, type PlayState, VOLFILE } from '../play/state.ts';
import { footer, header } from './bars.ts';
import { countersView, NO_REQUESTS } from './counters.ts';
import { Editor } from './editor.ts';
import { Lessons } from './lessons/index.ts';
import { Notices } from './notices.ts';
import { loadParts } from './parts.ts';
import { Checker } from './problem-checker.ts';
import { problemList, problemOf } from './problems.ts';
import { RequestView } from './request-view.ts';
import { sayLink } from './share-link.ts';
import { shellView } from './shell.ts';
import { Store, type StoredFiles } from './store.ts';
import { fileInput, openFiles, saveFiles } from './user-files.ts';
import { missing, workerMaker } from './worker.ts';
import { Session, WorkerLost } from './worker-session.ts';

/**
 * Time limits of answers in milliseconds. A start loads interpreters, which takes long on a slow
 * machine.
 */
const PATIENCE = {
  ...{ start: 120_000, judge: 60_000 },
  ...{ run: 10_000, complete: 10_000, distance: 10_000 },
};
/** The distance to the tutorial's storage. */
const DISTANCE_MS = 1.4;
const DISTANCE_MAX_MS = 10;
/** Most lines of the graph's log that the page shows. */
const LOG_MAX = 500;
/** Most earlier texts that the page offers. */
const EARLIER_MAX = 6;
/** The remark below the example's line after the shell has run it. */
const AGAIN =
  'Press Enter to run this again: your translator then answers for the name that was absent, and the storage is asked less.';

class Playground {
  private readonly given: PageData;
  private readonly notices = new Notices();
  private readonly status = html`<p id="status" role="status">Python is being loaded…</p>`;
  private readonly problems = problemList((file, line) => this.editor.show(file, line || 1));
  private readonly counters = countersView();
  private readonly watch: RequestView;
  private readonly editor: Editor;
  private readonly shell = shellView({
    run: (line) => this.runLine(line),
    complete: async (line) => (await this.session)?.ask('complete', { line }).catch(() => []) ?? [],
  });
  private readonly log = html`<pre id="log" tabindex="0" role="log" aria-label="Log"></pre>`;
  private readonly distance = html<HTMLInputElement>`<input type="range" id="distance" min="0"
    max="${DISTANCE_MAX_MS}" step="0.1" @input="${() => this.nameDistance()}"
    @change="${() => this.moveStorage()}">`;
  private readonly distanceText = html`<output for="distance"></output>`;
  private readonly store: Store;
  private readonly checker: Checker;
  private readonly chosen = fileInput((files) => void this.openFiles(files));
  private readonly lessons: Lessons;
  private readonly desk = html`<div class="desk"></div>`;
  /** The fragment of the files' lesson; '' for none. */
  private lesson = '';
  private session: Promise<Session | null> = Promise.resolve(null);
  private makeSession: () => Session = () => {
    throw new Error('nothing can run in this page');
  };
  /** The texts of the running graph. */
  private started: string | null = null;
  /** Shell lines that produced the content of the storage. */
  private journal: readonly string[] = [];

  constructor(given: PageData) {
    this.given = given;
    this.editor = new Editor({
      words: given.words,
      changed: () => {
        this.store.soon();
        // The first start reports the problems itself.
        if (document.documentElement.dataset.ready !== undefined) this.checker.soon();
      },
      removing: () => this.store.leave(),
    });
    this.checker = new Checker({
      texts: () => this.editor.texts,
      session: () => this.makeSession(),
      busy: (isBusy) => this.problems.element.setAttribute('aria-busy', String(isBusy)),
      found: (problems) => this.showProblems(problems),
    });
    this.watch = new RequestView((place) =>
      this.editor.light(place?.source.file ?? null, place?.line ?? null),
    );
    this.store = new Store({
      current: () => this.current,
      failed: (why) => {
        const text = `What you type is not kept when this page is closed: ${why}`;
        if (why === null) this.notices.drop('store');
        else this.notices.say('store', text);
      },
    });
    this.lessons = new Lessons({
      part: given.lessons,
      notices: this.notices,
      texts: () => this.editor.texts,
      enter: (lesson, files) => this.enter(lesson, files),
      put: (texts) => {
        this.replace({ ...this.fresh, texts }, this.editor.openPath, this.lesson);
        void this.start();
      },
      runs: () =>
        this.session.then(
          (session) => session !== null,
          () => false,
        ),
      session: () => this.makeSession(),
      seen: ({ counters, recording }) => {
        this.counters.show(counters, 'check');
        void this.watch.showRecording(recording, this.editor.texts);
      },
      shown: (isShown) => {
        this.desk.classList.toggle('learning', isShown);
        document.getElementById('lessons')?.setAttribute('aria-expanded', String(isShown));
        if (isShown) this.notices.drop('welcome');
      },
    });
  }

  /** Builds the page, and then loads the interpreters. */
  async open(page: HTMLElement): Promise<void> {
    const kept = this.store.load();
    this.take(kept ?? this.fresh);
    this.store.settle();
    this.desk.append(...this.parts());
    const foot = footer(this.given.version);
    page.replaceChildren(this.header(), this.notices.element, this.desk, foot);
    const lacks = missing();
    if (lacks.length > 0) {
      this.status.textContent = `This browser lacks ${lacks.join(', ')}: nothing can run in it.`;
      return;
    }
    this.listen();
    this.session = this.load();
    const isLed = await this.takeLink();
    if (location.hash.length < 2) this.nameLesson();
    if (kept === null && !isLed) this.welcome();
    try {
      await this.session;
    } catch (error) {
      this.session = Promise.resolve(null);
      this.status.textContent = `The playground cannot start: ${(error as Error).message}`;
      return;
    }
    const runs = await this.start();
    if (runs && kept === null && !isLed) await this.shell.runOffered(AGAIN);
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
  }

  private async load(): Promise<Session> {
    const parts = await loadParts(this.given.parts);
    this.makeSession = () => new Session({ makeWorker: workerMaker(parts), patience: PATIENCE });
    return this.makeSession();
  }

  private get fresh(): StoredFiles {
    return { files: this.given.files, open: '', lesson: '', distanceMs: DISTANCE_MS, journal: [] };
  }

  private get state(): PlayState {
    const distanceMs = Number(this.distance.value);
    return { texts: this.editor.texts, distanceMs, journal: this.journal };
  }

  private get current(): StoredFiles {
    const { texts, ...rest } = this.state;
    return { files: texts, open: this.editor.openPath, lesson: this.lesson, ...rest };
  }

  private take({ files, open, lesson, distanceMs, journal }: StoredFiles): void {
    this.journal = journal;
    if (lesson !== this.lesson) {
      this.lesson = lesson;
      void this.lessons.show(lesson).catch((error) => this.sayNoLessons(error));
    }
    this.started = null;
    this.editor.setTexts(files, open);
    this.shell.offer(files === this.given.files ? this.given.line : '');
    this.distance.value = String(distanceMs);
    this.nameDistance();
  }

  /** Replaces the files; the store keeps the former ones. */
  private replace(state: PlayState, open = '', lesson = ''): void {
    this.store.leave();
    const { texts, distanceMs, journal } = state;
    this.take({ files: texts, open, lesson, distanceMs, journal });
    this.nameLesson();
    this.store.soon();
  }

  // ---- lessons

  /** Opens a lesson ('' for none) as the learner left it, or with these files. */
  private enter(lesson: string, files: FileTexts): void {
    if (lesson === this.lesson) return;
    this.store.leave();
    this.take(this.store.resume(lesson) ?? { ...this.fresh, files, lesson });
    this.store.settle();
    this.nameLesson();
  }

  /** Sets the address to the open lesson, or to the page alone. */
  private nameLesson(): void {
    const fragment = this.lesson === '' ? '' : `#${this.lesson}`;
    history.replaceState(null, '', location.pathname + location.search + fragment);
  }

  private welcome(): void {
    const act = (): void => void this.lessons.begin().catch((error) => this.sayNoLessons(error));
    const text = 'New to translators? Nine lessons lead to a cache of your own.';
    this.notices.say('welcome', text, [{ label: 'Start with lesson 1', act }]);
  }

  private sayNoLessons(error: Error): void {
    this.notices.say('lessons', `The lessons cannot be shown: ${error.message}`);
  }

  private showProblems(problems: readonly Problem[]): void {
    this.editor.setProblems(problems);
    this.problems.show(problems);
  }

  // ---- running

  /** Starts a graph of the editor's files. @returns whether it runs */
  private async start(): Promise<boolean> {
    const session = await this.session;
    if (session === null) return false;
    const { state } = this;
    const { texts } = state;
    this.checker.know(texts);
    this.status.textContent = 'The graph is being started…';
    try {
      const began = await session.ask('start', state);
      this.addLog(began.log);
      this.showProblems(began.problems);
      this.started = began.runs ? JSON.stringify(texts) : null;
      if (began.runs) {
        this.watch.showGraph(began.volumes);
        this.counters.show(NO_REQUESTS, 'graph');
      }
      this.status.textContent = began.runs ? 'Ready.' : 'It does not run: see the problems.';
      return began.runs;
    } catch (error) {
      this.started = null;
      this.showProblems([problemOf((error as Error).message)]);
      this.status.textContent = 'It does not run: see the problems.';
      return false;
    }
  }

  private async runLine(line: string): Promise<readonly Written[]> {
    const session = await this.session;
    if (session === null) return message('nothing runs in this page');
    const { texts } = this.editor;
    if (this.started !== JSON.stringify(texts) && !(await this.start())) {
      return message('the graph does not run: see the problems of the files');
    }
    this.status.textContent = `${line} …`;
    try {
      const ran = await session.ask('run', { line });
      this.status.textContent = 'Ready.';
      if (ran.journal !== null) this.journal = [...this.journal, ran.journal];
      this.store.soon();
      this.counters.show(ran.counters, 'graph');
      this.addLog(ran.log);
      await this.watch.showRecording(ran.recording, texts);
      return ran.output;
    } catch (error) {
      if (error instanceof WorkerLost) return this.replaced(error.message);
      this.status.textContent = 'Ready.';
      return message((error as Error).message);
    }
  }

  /** Starts a new worker with the same storage, after a call that never ended. */
  private async replaced(why: string): Promise<readonly Written[]> {
    this.started = null;
    const lines = this.journal.length;
    const runs = await this.start();
    const again = lines === 0 ? '' : `, and the storage has been filled again (${lines} lines)`;
    const now = runs ? `A new one runs${again}.` : 'A new one does not start with these files.';
    const text = `The worker was stopped: ${why}. ${now} What you typed is all there.`;
    this.notices.say('lost', text);
    return message(`stopped: ${why}`);
  }

  private addLog(lines: readonly string[]): void {
    const before = this.log.textContent!.split('\n').filter((line) => line !== '');
    this.log.textContent = [...before, ...lines].slice(-LOG_MAX).join('\n');
    this.log.scrollTop = this.log.scrollHeight;
  }

  private nameDistance(): void {
    const text = `${Number(this.distance.value).toFixed(1)} ms`;
    this.distanceText.textContent = text;
    this.distance.setAttribute('aria-valuetext', text);
  }

  private async moveStorage(): Promise<void> {
    this.store.soon();
    const session = await this.session;
    if (this.started === null) return;
    const { distanceMs } = this.state;
    await session?.ask('distance', { distanceMs }).catch((error: Error) => {
      this.notices.say('distance', `The distance was not changed: ${error.message}`);
    });
  }

  /** Empties the storage and the counters. */
  private async restart(): Promise<void> {
    this.journal = [];
    this.store.soon();
    await this.start();
  }

  // ---- files

  /**
   * Opens the playground or lesson of the page's address; the store keeps the former files.
   * @returns whether the address had one
   */
  private async takeLink(): Promise<boolean> {
    const lesson = lessonIn(location.hash);
    try {
      if (lesson !== null) {
        await this.lessons.follow(lesson);
        return true;
      }
      if (location.hash.length < 2) return false;
      this.replace(await decodeShare(location.hash));
      this.notices.say(
        'link',
        `These files are from a link. They run in this page, which has no network access.${this.before}`,
      );
      return true;
    } catch (error) {
      this.notices.say('link', `Nothing was taken from the link: ${(error as Error).message}.`);
      return false;
    }
  }

  /** Offers texts of earlier visits and of other tabs. */
  private offerBefore(): void {
    const earlier = this.store.earlier().slice(0, EARLIER_MAX);
    const choices = earlier.map((kept) => ({
      label: `${Object.keys(kept.files)
        .map((path) => path.slice(1))
        .join(', ')} (${new Date(kept.at).toLocaleString()})`,
      act: () => {
        this.replace({ ...kept, texts: kept.files }, kept.open, kept.lesson);
        void this.start();
      },
    }));
    const none = 'Nothing else was typed here before.';
    this.notices.say('before', choices.length === 0 ? none : 'Take back:', choices);
  }

  /** A hint where the former files are, after others were opened. */
  private get before(): string {
    return this.store.earlier().length === 0 ? '' : ' “Undo…” has what was here.';
  }

  private async openFiles(files: readonly File[]): Promise<void> {
    const { state } = this;
    try {
      const opened = await openFiles(files, state);
      // A module from the user's machine belongs to the open lesson.
      const isPut = opened.texts[VOLFILE] === state.texts[VOLFILE];
      this.replace(opened, '', isPut ? this.lesson : '');
    } catch (error) {
      this.notices.say('open', `Nothing was opened: ${(error as Error).message}.`);
      return;
    }
    const names = files.map(({ name }) => name).join(', ');
    this.notices.say('open', `Opened: ${names}.${this.before}`);
    await this.start();
  }

  // ---- layout

  private header(): Node {
    const acts = {
      start: () => void this.start(),
      lessons: () => void this.lessons.open().catch((error) => this.sayNoLessons(error)),
      empty: () => void this.restart(),
      share: () => void sayLink(this.state, this.notices),
      save: () => saveFiles(this.editor.texts),
      open: () => this.chosen.click(),
      undo: () => this.offerBefore(),
      example: () => {
        this.replace({ ...this.fresh, texts: this.fresh.files });
        void this.restart();
      },
    };
    return header(acts, this.status, this.chosen);
  }

  /** The parts in reading order; the style places them side by side on wide screens. */
  private parts(): HTMLElement[] {
    const { element, details } = this.watch;
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

  private listen(): void {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
    const taking =
      'input:not([type=checkbox]), select, pre, [role=listbox], [role=tablist], .cm-editor';
    addEventListener('hashchange', () => {
      // The user went back to the page without a lesson.
      if (location.hash.length < 2) this.enter('', this.given.files);
      void this.takeLink().then((isTaken) => {
        if (isTaken || this.started === null) void this.start();
      });
    });
    document.addEventListener('keydown', (event) => {
      const { key } = event;
      const isCommand = event.ctrlKey || event.metaKey;
      const step = steps[key];
      if (isCommand && key === 'Enter') void this.start();
      else if (isCommand && key === 's' && this.lessons.isOpen) void this.lessons.check();
      else if (step !== undefined && isPageKey(event, taking)) this.watch.go(step);
      else return;
      event.preventDefault();
    });
  }
}

const message = (text: string): readonly Written[] => [{ text, isError: true }];

const given = JSON.parse(document.getElementById('given')!.textContent!) as PageData;
void new Playground(given).open(document.getElementById('page')!);
