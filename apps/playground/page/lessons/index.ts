/**
 * Shows the course in the page: a lesson's text beside the editor, its check below. The address
 * names the open lesson, so that each has a link, and the browser's back and forward buttons work.
 */
import { formatDifference } from '../../../course/difference.ts';
import type { Verdict } from '../../../course/judge.ts';
import {
  formatLessonFragment,
  type LessonLink,
  parseLessonFragment,
} from '../../../course/lesson-link.ts';
import { DEFAULT_LANGUAGE, type LessonLanguage } from '../../../course/lessons/check.ts';
import type { FileTexts, LessonData, LessonVariant, PartData } from '../../page-data.ts';
import type { JudgeResult, Texts, Traffic } from '../../play/protocol.ts';
import { openStorage } from '../file-store.ts';
import { loadPart } from '../interpreter-parts.ts';
import type { Notices } from '../notices.ts';
import { LatestQuestion, WorkerLost, type WorkerSession } from '../worker-session.ts';
import { makeLessonBar } from './lesson-bar.ts';
import { isLessonLanguage, makeLessonPanel, type PanelState } from './lesson-panel.ts';

/** Prefix of keys, with the path, as a server may have several playgrounds. */
const KEY_PREFIX = `glossa passed ${location.pathname} `;

/**
 * Stores the lessons passed in this browser: a key for each, by its fragment
 * (apps/course/lesson-link.ts), so that two tabs at once keep each other's progress.
 */
class StoredProgress {
  /** Lessons passed in this tab, even if the browser cannot store them. */
  private readonly passedInTab = new Set<string>();

  /** @param onChange called when another tab has passed a lesson */
  constructor(onChange: () => void) {
    addEventListener('storage', ({ key }) => {
      if (key === null || key.startsWith(KEY_PREFIX)) onChange();
    });
  }

  /** Whether the lesson of a fragment is passed. */
  hasPassed(fragment: string): boolean {
    if (this.passedInTab.has(fragment)) return true;
    try {
      return openStorage().getItem(KEY_PREFIX + fragment) !== null;
    } catch {
      // The browser has no storage; `storePassed` returns the reason.
      return false;
    }
  }

  /** Stores that a lesson is passed. @returns the error's message, or null */
  storePassed(fragment: string): string | null {
    this.passedInTab.add(fragment);
    try {
      openStorage().setItem(KEY_PREFIX + fragment, '');
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

/** The page's functions that the lessons call. */
export interface LessonsSettings {
  /** The part of the page with all lessons. */
  readonly part: PartData;
  readonly notices: Notices;
  /** Returns the editor's texts. */
  readTexts(): Texts;
  /** Opens the lesson of a fragment as the learner left it, or with these files if it is new. */
  openLesson(fragment: string, files: FileTexts): void;
  /** Replaces the lesson's files; the store keeps the replaced ones, for “Undo…”. */
  replaceFiles(files: FileTexts): void;
  /** Resolves to whether the page can run a graph. */
  canRun(): Promise<boolean>;
  /** Makes a session for checks alone. */
  makeSession(): WorkerSession;
  /** Receives the requests of a check. */
  showTraffic(traffic: Traffic): void;
  /** Called when the panel is shown or hidden. */
  onToggle(isShown: boolean): void;
}

/** The course: the open lesson, its panel and its bar. */
export class Lessons {
  private readonly settings: LessonsSettings;
  private readonly progress = new StoredProgress(() => this.panel.drawList(this.panelState));
  private readonly panel = makeLessonPanel({
    close: () => this.toggle(false),
    onChoose: (language) => this.chooseLanguage(language),
    isPassed: (fragment) => this.progress.hasPassed(fragment),
  });
  private readonly bar = makeLessonBar({
    check: () => void this.check(),
    showHint: () => this.showHint(),
    showSolution: () => this.showSolution(),
    reset: () => this.reset(),
  });
  /** The lessons while and after they are loaded; null before. */
  private lessonsPromise: Promise<readonly LessonData[]> | null = null;
  private lessons: readonly LessonData[] = [];
  private language: LessonLanguage = DEFAULT_LANGUAGE;
  /** The open lesson; null without one. */
  private lesson: LessonData | null = null;
  /** Number of hints that were shown. */
  private hintCount = 0;
  private readonly latestCheck: LatestQuestion;

  constructor(settings: LessonsSettings) {
    this.settings = settings;
    this.latestCheck = new LatestQuestion(settings.makeSession);
  }

  /** The elements of the lesson's text, and of the bar below it. */
  get elements(): readonly HTMLElement[] {
    return [this.panel.element, this.bar.element];
  }

  /** Whether a lesson is open. */
  get isOpen(): boolean {
    return this.lesson !== null;
  }

  /** Opens the lesson of a link. @throws {Error} when there is no such lesson */
  async openLink(link: LessonLink): Promise<void> {
    const lessons = await this.loadLessons();
    const lesson = lessons.find(({ name }) => name === link.lesson);
    if (lesson === undefined) {
      const names = lessons.map(({ name }) => name).join(', ');
      throw new Error(`no lesson is called '${link.lesson}'; there is ${names}`);
    }
    const { language } = link;
    if (!isLessonLanguage(language)) {
      const languages = Object.keys(lesson.variants).join(' and ');
      throw new Error(`no lesson is in '${language}'; there is ${languages}`);
    }
    this.settings.openLesson(formatLessonFragment(link), lesson.variants[language].files);
    this.toggle(true);
    this.panel.focus();
  }

  /** Shows the lesson of a fragment, whose files the editor has; '' closes the open lesson. */
  async show(fragment: string): Promise<void> {
    // A running check may never end by itself.
    this.latestCheck.end(REPLACED_CHECK_REASON);
    const link = parseLessonFragment(fragment);
    if (link !== null && this.lessons.length === 0) await this.loadLessons();
    this.lesson = this.lessons.find(({ name }) => name === link?.lesson) ?? null;
    if (link !== null && isLessonLanguage(link.language)) this.language = link.language;
    this.hintCount = 0;
    this.bar.element.hidden = this.lesson === null;
    this.bar.clear(this.nextFragment);
    this.bar.showTask(this.variant?.task ?? '');
    this.panel.show(this.panelState);
    if (this.lesson !== null) this.toggle(true);
  }

  /** Shows or hides the panel; without an argument, shows a hidden one and hides a shown one. */
  toggle(isShown = this.panel.element.hidden !== false): void {
    this.panel.element.hidden = !isShown;
    this.settings.onToggle(isShown);
  }

  /** Loads the lessons, and shows or hides the panel with their list. */
  async toggleList(): Promise<void> {
    await this.loadLessons();
    this.panel.show(this.panelState);
    this.toggle();
  }

  /** Opens the first lesson. */
  async openFirst(): Promise<void> {
    const [first] = await this.loadLessons();
    location.hash = formatLessonFragment({ lesson: first!.name, language: this.language });
  }

  /** Checks the editor's files, and ends an earlier check. */
  async check(): Promise<void> {
    const { lesson, variant, settings } = this;
    if (lesson === null || variant === null) return;
    const texts = settings.readTexts();
    const { module } = variant;
    if (texts[module] === undefined) {
      this.latestCheck.end(REPLACED_CHECK_REASON);
      this.bar.showAnswer(`\`${module.slice(1)}\` is gone. “Begin anew” gives it again.`);
      return;
    }
    this.bar.showChecking();
    const request = { lesson: lesson.name, texts, module };
    const result = (await settings.canRun())
      ? await this.latestCheck.ask((session) =>
          session.ask('judge', request).catch(makeLostCheckResult),
        )
      : CANNOT_RUN_RESULT;
    if (result === null || lesson !== this.lesson) return;
    this.showVerdict(result);
    if (result.traffic !== null) settings.showTraffic(result.traffic);
  }

  /** Shows a verdict, and stores that a passed lesson is passed. */
  private showVerdict({ passed, answer }: Verdict): void {
    const isLast = passed && this.nextFragment === null;
    const closingText = isLast ? '\n\nThat was the last lesson.' : '';
    this.bar.showAnswer(answer + closingText, passed);
    if (!passed) return;
    const failure = this.progress.storePassed(this.openFragment);
    if (failure !== null) {
      const text = `That this lesson is passed is not kept when this page is closed: ${failure}`;
      this.settings.notices.show('progress', text);
    }
    this.panel.drawList(this.panelState);
  }

  /** The content of the panel. */
  private get panelState(): PanelState {
    return { lessons: this.lessons, language: this.language, lesson: this.lesson };
  }

  /** The open lesson in the learner's language; null without one. */
  private get variant(): LessonVariant | null {
    return this.lesson?.variants[this.language] ?? null;
  }

  /** The fragment of the open lesson. */
  private get openFragment(): string {
    return formatLessonFragment({ lesson: this.lesson!.name, language: this.language });
  }

  /** The fragment of the next lesson; null after the last. */
  private get nextFragment(): string | null {
    const nextLesson = this.lesson && this.lessons[this.lessons.indexOf(this.lesson) + 1];
    return nextLesson
      ? formatLessonFragment({ lesson: nextLesson.name, language: this.language })
      : null;
  }

  /** Changes the language of the course, and opens the open lesson in it. */
  private chooseLanguage(language: LessonLanguage): void {
    this.language = language;
    if (this.lesson === null) this.panel.drawList(this.panelState);
    else location.hash = this.openFragment;
  }

  /** Shows the next hint, or that there are no more. */
  private showHint(): void {
    const { hints = [] } = this.variant ?? {};
    const hint = hints[this.hintCount];
    this.hintCount += 1;
    if (hint !== undefined) this.bar.addHint(hint);
    else this.bar.showAnswer('There are no more hints. “Solution” shows what is missing.');
  }

  /** Shows the difference to the solution, with a button that takes it. */
  private showSolution(): void {
    const { variant, settings } = this;
    if (variant === null) return;
    const { module, solution } = variant;
    const texts = settings.readTexts();
    const diff = formatDifference(module.slice(1), texts[module] ?? '', solution);
    if (diff === '') this.bar.showAnswer('Your file is the solution.');
    else
      this.bar.showSolution(diff, () => {
        settings.replaceFiles({ ...settings.readTexts(), [module]: solution });
        this.bar.clear(this.nextFragment);
        this.bar.showAnswer('The solution is in the editor. “Undo…” has what was there.');
      });
  }

  /** Replaces the lesson's files by those at the start. */
  private reset(): void {
    if (this.variant === null) return;
    this.settings.replaceFiles(this.variant.files);
    this.hintCount = 0;
    this.bar.clear(this.nextFragment);
    this.bar.showAnswer('The lesson begins anew. “Undo…” has what was there.');
  }

  /** Loads the lessons at the first call. */
  private loadLessons(): Promise<readonly LessonData[]> {
    this.lessonsPromise ??= loadPart(this.settings.part).then((bytes) => {
      this.lessons = JSON.parse(new TextDecoder().decode(bytes)) as LessonData[];
      return this.lessons;
    });
    return this.lessonsPromise;
  }
}

/** The reason with which a pending check ends. */
const REPLACED_CHECK_REASON = 'another check was begun';

/** The result of a check in a page that cannot run a graph. */
const CANNOT_RUN_RESULT: JudgeResult = {
  passed: false,
  traffic: null,
  answer: 'Nothing can be checked, as nothing can run in this page.',
};

/** Makes the result of a check that has thrown an error. */
const makeLostCheckResult = (error: Error): JudgeResult => ({
  passed: false,
  traffic: null,
  answer:
    error instanceof WorkerLost
      ? `It computed without an end, and was stopped: ${error.message}. Is there a loop that never ends? What you typed is all there.`
      : `It could not be checked: ${error.message}`,
});
