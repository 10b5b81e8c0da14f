/**
 * Checks the files while a learner types: starts a graph in a worker of its own, and reports the
 * problems. A module that never ends blocks only that worker.
 */
import type { FileTexts } from '../page-data.ts';
import type { Problem } from '../play/protocol.ts';
import { problemOf } from './problems.ts';
import { Latest, type Session, WorkerLost } from './worker-session.ts';

/** Pause in typing before a check. */
const PAUSE_MS = 700;

export interface CheckerSettings {
  texts(): FileTexts;
  /** Makes a session for these checks alone. */
  session(): Session;
  busy(isBusy: boolean): void;
  /** Receives the problems of the current texts. */
  found(problems: readonly Problem[]): void;
}

export class Checker {
  private readonly settings: CheckerSettings;
  private readonly checks: Latest;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The texts that were checked last, or are being checked. */
  private last = '';

  constructor(settings: CheckerSettings) {
    this.settings = settings;
    this.checks = new Latest(settings.session);
  }

  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.check(), PAUSE_MS);
  }

  /** Marks these texts as checked by the caller. */
  know(texts: FileTexts): void {
    clearTimeout(this.timer);
    this.checks.end('the files have changed');
    this.settings.busy(false);
    this.last = JSON.stringify(texts);
  }

  private async check(): Promise<void> {
    const texts = this.settings.texts();
    const text = JSON.stringify(texts);
    if (text === this.last) return;
    this.last = text;
    this.settings.busy(true);
    const problems = await this.checks.ask((session) =>
      session.ask('start', { texts, distanceMs: 0, journal: [] }).then(
        (began) => began.problems,
        (error: Error) => [notChecked(error)],
      ),
    );
    if (problems === null) return;
    this.settings.busy(false);
    // Changed texts are checked again.
    if (JSON.stringify(this.settings.texts()) === text) this.settings.found(problems);
  }
}

const notChecked = (error: Error): Problem =>
  problemOf(
    error instanceof WorkerLost
      ? `whether the files start is not known: ${error.message}`
      : `the files could not be checked: ${error.message}`,
    'warning',
  );
