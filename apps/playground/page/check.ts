/**
 * Looks for problems while a learner types: by a start, as the button makes it, but of a graph that
 * nothing uses, in a worker of its own, which a module that does not come to an end holds alone.
 */
import type { FileTexts } from '../given.ts';
import type { Problem } from '../play/protocol.ts';
import { problemOf } from './problems.ts';
import { Latest, Lost, type Session } from './session.ts';

/** Without a key pressed. */
const PAUSE_MS = 700;

export interface CheckerSettings {
  texts(): FileTexts;
  /** A session for these checks alone. */
  session(): Session;
  busy(isBusy: boolean): void;
  /** Of the texts as they are now. */
  found(problems: readonly Problem[]): void;
}

export class Checker {
  private readonly settings: CheckerSettings;
  private readonly checks: Latest;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The texts whose problems are known, or are being looked for. */
  private last = '';

  constructor(settings: CheckerSettings) {
    this.settings = settings;
    this.checks = new Latest(settings.session);
  }

  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.check(), PAUSE_MS);
  }

  /** The problems of these texts come from elsewhere. */
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
    // Otherwise somebody is typing, and it is looked at again.
    if (JSON.stringify(this.settings.texts()) === text) this.settings.found(problems);
  }
}

const notChecked = (error: Error): Problem =>
  problemOf(
    error instanceof Lost
      ? `whether the files start is not known: ${error.message}`
      : `the files could not be checked: ${error.message}`,
    'warning',
  );
