/**
 * Checks the files while a learner types: starts a graph in a separate worker, and reports the
 * problems. A module that never ends blocks only that worker.
 */
import type { FileTexts } from '../page-data.ts';
import type { Problem } from '../play/protocol.ts';
import { makeProblem } from './problem-list.ts';
import { LatestQuestion, WorkerLost, type WorkerSession } from './worker-session.ts';

/** Pause in typing before a check, in milliseconds. */
const TYPING_PAUSE_MS = 700;

/** The page's functions that the checker calls. */
export interface CheckerSettings {
  /** Returns the editor's texts. */
  readTexts(): FileTexts;
  /** Makes a session that serves only these checks. */
  makeSession(): WorkerSession;
  /** Called when a check begins and when it ends. */
  onBusy(isBusy: boolean): void;
  /** Receives the problems of the current texts. */
  onProblems(problems: readonly Problem[]): void;
}

/** Checks the newest texts; a new check replaces a running one. */
export class ProblemChecker {
  private readonly settings: CheckerSettings;
  private readonly latestCheck: LatestQuestion;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The texts of the last check, or of the running one, as JSON. */
  private checkedText = '';

  constructor(settings: CheckerSettings) {
    this.settings = settings;
    this.latestCheck = new LatestQuestion(settings.makeSession);
  }

  /** Checks after a pause in typing. */
  checkSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.check(), TYPING_PAUSE_MS);
  }

  /** Ends the pending check: the caller starts a graph of these texts, which checks them, too. */
  markChecked(texts: FileTexts): void {
    clearTimeout(this.timer);
    this.latestCheck.end('the files have changed');
    this.settings.onBusy(false);
    this.checkedText = JSON.stringify(texts);
  }

  /** Checks the texts, unless the last check had the same. */
  private async check(): Promise<void> {
    const texts = this.settings.readTexts();
    const text = JSON.stringify(texts);
    if (text === this.checkedText) return;
    this.checkedText = text;
    this.settings.onBusy(true);
    const problems = await this.latestCheck.ask((session) =>
      session.ask('start', { texts, distanceMs: 0, journal: [] }).then(
        (result) => result.problems,
        (error: Error) => [makeUncheckedProblem(error)],
      ),
    );
    if (problems === null) return;
    this.settings.onBusy(false);
    // If the texts have changed since, another check follows.
    if (JSON.stringify(this.settings.readTexts()) === text) this.settings.onProblems(problems);
  }
}

/** Makes the warning that the texts could not be checked. */
const makeUncheckedProblem = (error: Error): Problem =>
  makeProblem(
    error instanceof WorkerLost
      ? `whether the files start is not known: ${error.message}`
      : `the files could not be checked: ${error.message}`,
    'warning',
  );
