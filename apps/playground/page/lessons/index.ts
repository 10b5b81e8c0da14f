/**
 * The course in the page: a lesson's text beside the editor, its check below. The page's address
 * names the open lesson, so that each has a link, and the browser's back and forward buttons work.
 */

import { difference } from '../../../course/difference.ts';
import type { Verdict } from '../../../course/judge.ts';
import { fragmentOf, type LessonLink, lessonIn } from '../../../course/lesson-link.ts';
import { FIRST_LANGUAGE, type LessonLanguage } from '../../../course/lessons/check.ts';
import type { FileTexts, LessonData, LessonVariant, PartData } from '../../page-data.ts';
import type { JudgeResult, Texts, Traffic } from '../../play/protocol.ts';
import type { Notices } from '../notices.ts';
import { loadPart } from '../parts.ts';
import { Latest, type Session, WorkerLost } from '../worker-session.ts';
import { lessonBar } from './bar.ts';
import { isLanguage, lessonPanel, type PanelState } from './panel.ts';
import { Progress } from './progress.ts';

export interface LessonsSettings {
  readonly part: PartData;
  readonly notices: Notices;
  /** Returns the editor's texts. */
  texts(): Texts;
  /** Opens a lesson as the learner left it, or with these files if it is new. */
  enter(fragment: string, files: FileTexts): void;
  /** Replaces the lesson's files; the store keeps the former ones. */
  put(files: FileTexts): void;
  /** Resolves to whether the page can run a graph. */
  runs(): Promise<boolean>;
  /** Makes a session for checks alone. */
  session(): Session;
  /** Receives the requests of a check. */
  seen(traffic: Traffic): void;
  /** Called when the panel is shown or hidden. */
  shown(isShown: boolean): void;
}

export class Lessons {
  private readonly settings: LessonsSettings;
  private readonly progress = new Progress(() => this.panel.list(this.state));
  private readonly panel = lessonPanel({
    close: () => this.toggle(false),
    chosen: (language) => this.choose(language),
    isPassed: (fragment) => this.progress.has(fragment),
  });
  private readonly bar = lessonBar({
    check: () => void this.check(),
    hint: () => this.hint(),
    solution: () => this.solution(),
    reset: () => this.reset(),
  });
  private loading: Promise<readonly LessonData[]> | null = null;
  private lessons: readonly LessonData[] = [];
  private language: LessonLanguage = FIRST_LANGUAGE;
  private lesson: LessonData | null = null;
  private hints = 0;
  private readonly checks: Latest;

  constructor(settings: LessonsSettings) {
    this.settings = settings;
    this.checks = new Latest(settings.session);
  }

  /** The elements of the text, and of the bar below it. */
  get elements(): readonly HTMLElement[] {
    return [this.panel.element, this.bar.element];
  }

  get isOpen(): boolean {
    return this.lesson !== null;
  }

  /** Opens the lesson of a link. @throws {Error} when there is no such lesson */
  async follow(link: LessonLink): Promise<void> {
    const lessons = await this.load();
    const lesson = lessons.find(({ name }) => name === link.lesson);
    if (lesson === undefined) {
      const names = lessons.map(({ name }) => name).join(', ');
      throw new Error(`no lesson is called '${link.lesson}'; there is ${names}`);
    }
    const { language } = link;
    if (!isLanguage(language)) {
      const languages = Object.keys(lesson.variants).join(' and ');
      throw new Error(`no lesson is in '${language}'; there is ${languages}`);
    }
    this.settings.enter(fragmentOf(link), lesson.variants[language].files);
    this.toggle(true);
    this.panel.focus();
  }

  /** Shows the lesson of a fragment, whose files the editor has; '' for none. */
  async show(fragment: string): Promise<void> {
    // A running check may never end by itself.
    this.checks.end(ANOTHER);
    const link = lessonIn(fragment);
    if (link !== null && this.lessons.length === 0) await this.load();
    this.lesson = this.lessons.find(({ name }) => name === link?.lesson) ?? null;
    if (link !== null && isLanguage(link.language)) this.language = link.language;
    this.hints = 0;
    this.bar.element.hidden = this.lesson === null;
    this.bar.begin(this.next);
    this.bar.ask(this.variant?.task ?? '');
    this.panel.show(this.state);
    if (this.lesson !== null) this.toggle(true);
  }

  toggle(isShown = this.panel.element.hidden !== false): void {
    this.panel.element.hidden = !isShown;
    this.settings.shown(isShown);
  }

  /** Shows the panel with the list of lessons. */
  async open(): Promise<void> {
    await this.load();
    this.panel.show(this.state);
    this.toggle();
  }

  /** Opens the first lesson. */
  async begin(): Promise<void> {
    const [first] = await this.load();
    location.hash = fragmentOf({ lesson: first!.name, language: this.language });
  }

  /** Checks the editor's files, and ends an earlier check. */
  async check(): Promise<void> {
    const { lesson, variant, settings } = this;
    if (lesson === null || variant === null) return;
    const texts = settings.texts();
    const { module } = variant;
    if (texts[module] === undefined) {
      this.checks.end(ANOTHER);
      this.bar.say(`\`${module.slice(1)}\` is gone. “Begin anew” gives it again.`);
      return;
    }
    this.bar.checking();
    const request = { lesson: lesson.name, texts, module };
    const judged = (await settings.runs())
      ? await this.checks.ask((session) => session.ask('judge', request).catch(notJudged))
      : CANNOT;
    if (judged === null || lesson !== this.lesson) return;
    this.tell(judged);
    if (judged.traffic !== null) settings.seen(judged.traffic);
  }

  private tell({ passed, answer }: Verdict): void {
    const isLast = passed && this.next === null;
    const end = isLast ? '\n\nThat was the last lesson.' : '';
    this.bar.say(answer + end, passed);
    if (!passed) return;
    const why = this.progress.keep(this.fragment);
    if (why !== null) {
      const text = `That this lesson is passed is not kept when this page is closed: ${why}`;
      this.settings.notices.say('progress', text);
    }
    this.panel.list(this.state);
  }

  private get state(): PanelState {
    return { lessons: this.lessons, language: this.language, lesson: this.lesson };
  }

  private get variant(): LessonVariant | null {
    return this.lesson?.variants[this.language] ?? null;
  }

  /** The fragment of the open lesson. */
  private get fragment(): string {
    return fragmentOf({ lesson: this.lesson!.name, language: this.language });
  }

  private get next(): string | null {
    const next = this.lesson && this.lessons[this.lessons.indexOf(this.lesson) + 1];
    return next ? fragmentOf({ lesson: next.name, language: this.language }) : null;
  }

  private choose(language: LessonLanguage): void {
    this.language = language;
    if (this.lesson === null) this.panel.list(this.state);
    else location.hash = this.fragment;
  }

  private hint(): void {
    const { hints = [] } = this.variant ?? {};
    const hint = hints[this.hints];
    this.hints += 1;
    if (hint !== undefined) this.bar.hint(hint);
    else this.bar.say('There are no more hints. “Solution” shows what is missing.');
  }

  private solution(): void {
    const { variant, settings } = this;
    if (variant === null) return;
    const { module, solution } = variant;
    const texts = settings.texts();
    const differs = difference(module.slice(1), texts[module] ?? '', solution);
    if (differs === '') this.bar.say('Your file is the solution.');
    else
      this.bar.solve(differs, () => {
        settings.put({ ...settings.texts(), [module]: solution });
        this.bar.begin(this.next);
        this.bar.say('The solution is in the editor. “Undo…” has what was there.');
      });
  }

  private reset(): void {
    if (this.variant === null) return;
    this.settings.put(this.variant.files);
    this.hints = 0;
    this.bar.begin(this.next);
    this.bar.say('The lesson begins anew. “Undo…” has what was there.');
  }

  private load(): Promise<readonly LessonData[]> {
    this.loading ??= loadPart(this.settings.part).then((bytes) => {
      this.lessons = JSON.parse(new TextDecoder().decode(bytes)) as LessonData[];
      return this.lessons;
    });
    return this.loading;
  }
}

const ANOTHER = 'another check was begun';

const CANNOT: JudgeResult = {
  passed: false,
  traffic: null,
  answer: 'Nothing can be checked, as nothing can run in this page.',
};

const notJudged = (error: Error): JudgeResult => ({
  passed: false,
  traffic: null,
  answer:
    error instanceof WorkerLost
      ? `It computed without an end, and was stopped: ${error.message}. Is there a loop that never ends? What you typed is all there.`
      : `It could not be checked: ${error.message}`,
});
