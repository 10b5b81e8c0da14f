/**
 * Records a module's calls for an observer: asks the interpreter before and after each call, in
 * calls with a time limit of their own. Without an observer none of this runs. The guest's side is
 * python/glupy/_notes.py and bridges/javascript/library/notes.ts.
 */
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { EnterGuest, Guest, NoteTaker, Scalar } from '../guest.ts';
import type { HostedRequest } from './hosted-request.ts';

const MOST_NOTES = 16;

export class Notes {
  private readonly xl: Xlator<unknown>;
  /** Null for a guest without notes: then only its log lines are tied to requests. */
  private readonly noting: NoteTaker | null;
  /** True after a failure: the guest is not asked again. */
  private failed = false;

  constructor(xl: Xlator<unknown>, noting: NoteTaker | null) {
    this.xl = xl;
    this.noting = noting;
  }

  /**
   * Calls the guest for a request, and records notes. Rethrows the call's exception.
   * @param what the name of its fop or hook
   */
  observe(
    request: HostedRequest,
    entry: EnterGuest,
    args: readonly Scalar[],
    what = request.name,
  ): number {
    const { xl } = this;
    const { frame } = request;
    const before = xl.frame;
    xl.frame = frame;
    try {
      const { noting } = this;
      if (noting === null || this.failed || !xl.observer?.wantsNotes(frame)) return entry(args);
      this.attempt(() => noting.before(request.id, what));
      const code = entry(args);
      this.attempt(() => xl.observer?.addNotes(frame, readNotes(noting.after())));
      return code;
    } finally {
      xl.frame = before;
    }
  }

  /** Runs a step of note-taking; its failure affects neither module nor request. */
  private attempt(what: () => void): void {
    if (this.failed) return;
    try {
      what();
    } catch (error) {
      this.failed = true;
      this.xl.log.info(`what the module does is noted no more: ${(error as Error).message}`);
    }
  }

  stop(): void {
    this.attempt(() => this.noting?.stop());
  }
}

/** The notes of a volume's interpreter; null without an observer. */
export function notesOf(
  xl: Xlator<unknown>,
  { noting, dead }: Guest,
  before: Notes | null = null,
): Notes | null {
  if (dead !== undefined) return null;
  if (xl.observer !== null) return before ?? new Notes(xl, noting ?? null);
  before?.stop();
  return null;
}

/** Parses notes, keeping only texts by name: the module may have tampered with them. */
export function readNotes(json: string): Readonly<Record<string, string>> {
  const told: unknown = JSON.parse(json);
  if (typeof told !== 'object' || told === null) return {};
  const texts = Object.entries(told).filter(([, text]) => typeof text === 'string');
  return Object.fromEntries(texts.slice(0, MOST_NOTES)) as Readonly<Record<string, string>>;
}
