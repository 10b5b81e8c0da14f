/**
 * The page of `glossa playground`: files on one side, requests on the other, a shell below. What runs
 * is the worker of apps/playground/play; what is seen are the recordings that it makes.
 */
import { lessonIn } from '../../course/link.ts';
import { html, isPageKey } from '../../trace/page/dom.ts';
import type { FileTexts, GivenPage } from '../given.ts';
import type { Problem } from '../play/protocol.ts';
import type { Written } from '../play/shell/index.ts';
import { decodeShare, type PlayState, VOLFILE } from '../play/state.ts';
import { footer, header } from './bars.ts';
import { Checker } from './check.ts';
import { countersView, NO_REQUESTS } from './counters.ts';
import { Editor } from './editor.ts';
import { fileInput, openFiles, saveFiles } from './files.ts';
import { Lessons } from './lessons/index.ts';
import { sayLink } from './link.ts';
import { Notices } from './notices.ts';
import { loadParts } from './parts.ts';
import { problemList, problemOf } from './problems.ts';
import { Lost, Session } from './session.ts';
import { shellView } from './shell.ts';
import { type Kept, Store } from './store.ts';
import { Watch } from './watch.ts';
import { missing, workerMaker } from './worker.ts';

/**
 * Milliseconds that an answer may take. Interpreters have to be loaded for a start, which takes a
 * while on a slow machine.
 */
const PATIENCE = {
  ...{ start: 120_000, judge: 60_000 },
  ...{ run: 10_000, complete: 10_000, distance: 10_000 },
};
/** The storage is as far away as the tutorial's. */
const DISTANCE_MS = 1.4;
const DISTANCE_MAX_MS = 10;
/** Lines of the graph's log that are shown. */
const LOG_MAX = 500;
/** Texts of before that are offered. */
const EARLIER_MAX = 6;
/** The remark below the example's line after the shell has run it. */
const AGAIN =
  'Press Enter to run this again: your translator then answers for the name that was absent, and the storage is asked less.';

class Playground {
  private readonly given: GivenPage;
  private readonly notices = new Notices();
  private readonly status = html`<p id="status" role="status">Python is being loaded…</p>`;
  private readonly problems = problemList((file, line) => this.editor.show(file, line || 1));
  private readonly counters = countersView();
  private readonly watch: Watch;
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
  /** The fragment of the lesson that the files are of; '' for none. */
  private lesson = '';
  private session: Promise<Session | null> = Promise.resolve(null);
  private makeSession: () => Session = () => {
    throw new Error('nothing can run in this page');
  };
  /** The texts that the graph was started with. */
  private started: string | null = null;
  /** Lines of the shell that made what the storage holds. */
  private journal: readonly string[] = [];

  constructor(given: GivenPage) {
    this.given = given;
    this.editor = new Editor({
      words: given.words,
      changed: () => {
        this.store.soon();
        // Before the first start, that tells the problems.
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
    this.watch = new Watch((place) =>
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

  /** Puts everything on the page, and then loads what runs it. */
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

  private get fresh(): Kept {
    return { files: this.given.files, open: '', lesson: '', distanceMs: DISTANCE_MS, journal: [] };
  }

  private get state(): PlayState {
    const distanceMs = Number(this.distance.value);
    return { texts: this.editor.texts, distanceMs, journal: this.journal };
  }

  private get current(): Kept {
    const { texts, ...rest } = this.state;
    return { files: texts, open: this.editor.openPath, lesson: this.lesson, ...rest };
  }

  private take({ files, open, lesson, distanceMs, journal }: Kept): void {
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

  /** Puts something else in the place of what is here, which is kept. */
  private replace(state: PlayState, open = '', lesson = ''): void {
    this.store.leave();
    const { texts, distanceMs, journal } = state;
    this.take({ files: texts, open, lesson, distanceMs, journal });
    this.nameLesson();
    this.store.soon();
  }

  // ---- lessons

  /** Goes to a lesson ('' for none), as it was left, or with these files. What is here is kept. */
  private enter(lesson: string, files: FileTexts): void {
    if (lesson === this.lesson) return;
    this.store.leave();
    this.take(this.store.resume(lesson) ?? { ...this.fresh, files, lesson });
    this.store.settle();
    this.nameLesson();
  }

  /** The address leads to what is here: to the lesson, or to no more than the page. */
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

  /** Starts what the editor has. @returns whether it runs */
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
      if (error instanceof Lost) return this.replaced(error.message);
      this.status.textContent = 'Ready.';
      return message((error as Error).message);
    }
  }

  /** After a call that never ended: a new worker, with the same files in its storage. */
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
   * Takes what the address of the page says. What was typed here before is kept, not lost.
   * @returns whether there was something
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
        `These files are from a link. They run in this page alone, which can reach nobody.${this.before}`,
      );
      return true;
    } catch (error) {
      this.notices.say('link', `Nothing was taken from the link: ${(error as Error).message}.`);
      return false;
    }
  }

  /** What was typed here at other times, or is in other tabs, can be had again. */
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

  /** Where that is, for who has just opened something else. */
  private get before(): string {
    return this.store.earlier().length === 0 ? '' : ' “Undo…” has what was here.';
  }

  private async openFiles(files: readonly File[]): Promise<void> {
    const { state } = this;
    try {
      const opened = await openFiles(files, state);
      // A module from elsewhere is of the lesson that is open.
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

  // ---- what is where

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

  /** In the order in which they are read; the style puts them beside each other where there is room. */
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
      // Back to where there was no lesson.
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

const given = JSON.parse(document.getElementById('given')!.textContent!) as GivenPage;
void new Playground(given).open(document.getElementById('page')!);
