/**
 * Looks for problems while somebody types: by a start, as the button makes it, but of a graph that
 * nobody uses, in a worker of its own. A module that does not come to an end there is in nobody's way.
 */

import type { FileTexts } from '../given.ts';
import type { Problem } from '../play/protocol.ts';
import { problemOf } from './problems.ts';
import { Lost, type Session } from './session.ts';

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
  private session: Session | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The texts whose problems are known, or are being looked for. */
  private last = '';
  private isBusy = false;
  /** Of checks; what an earlier one finds is of no interest. */
  private turn = 0;

  constructor(settings: CheckerSettings) {
    this.settings = settings;
  }

  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.check(), PAUSE_MS);
  }

  /** Somebody else tells what is wrong with these texts. */
  know(texts: FileTexts): void {
    clearTimeout(this.timer);
    this.end();
    this.last = JSON.stringify(texts);
  }

  /** What is being looked at is of no interest any more, and might never end. */
  private end(): void {
    this.turn += 1;
    if (!this.isBusy) return;
    this.setBusy(false);
    this.session?.replace('the files have changed');
  }

  private async check(): Promise<void> {
    const texts = this.settings.texts();
    const text = JSON.stringify(texts);
    if (text === this.last) return;
    this.end();
    const { turn } = this;
    this.last = text;
    this.session ??= this.settings.session();
    this.setBusy(true);
    const problems = await this.session.start(texts, 0).then(
      (began) => began.problems,
      (error: Error) => [notChecked(error)],
    );
    if (turn !== this.turn) return;
    this.setBusy(false);
    // Otherwise somebody is typing, and it is looked at again.
    if (JSON.stringify(this.settings.texts()) === text) this.settings.found(problems);
  }

  private setBusy(isBusy: boolean): void {
    this.isBusy = isBusy;
    this.settings.busy(isBusy);
  }
}

const notChecked = (error: Error): Problem =>
  problemOf(
    error instanceof Lost
      ? `whether the files start is not known: ${error.message}`
      : `the files could not be checked: ${error.message}`,
    'warning',
  );
