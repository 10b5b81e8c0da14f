/**
 * Tells an observer of a module's calls: the interpreter says it before and after each, in calls of their
 * own, which have their own time. Without an observer, a volume has none of this.
 *
 * The guest's side is python/glupy/_notes.py and bridges/javascript/library/notes.ts.
 */
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { EnterGuest, Guest, Noting, Scalar } from '../guest.ts';
import type { HostedRequest } from './hosted-request.ts';

const MOST_NOTES = 16;

export class Notes {
  private readonly xl: Xlator<unknown>;
  /** Null for a guest that has nothing to say: then only its log lines are known to be a request's. */
  private readonly noting: Noting | null;
  /** Notes could not be had: the guest is not asked again. */
  private failed = false;

  constructor(xl: Xlator<unknown>, noting: Noting | null) {
    this.xl = xl;
    this.noting = noting;
  }

  /**
   * Calls the guest for a request, and tells the observer. What it throws is thrown.
   * @param what the name of its fop, or of a hook
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
      if (noting === null || this.failed || !xl.observer?.follows(frame)) return entry(args);
      this.attempt(() => noting.before(request.id, what));
      const code = entry(args);
      this.attempt(() => xl.observer?.note(frame, readNotes(noting.after())));
      return code;
    } finally {
      xl.frame = before;
    }
  }

  /** It is not the module's failure when this fails, nor the request's. */
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

/** Those of a volume's interpreter; null where nobody looks on. */
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

/** Notes as they are told. The module may have got at what says them: only texts by name are. */
export function readNotes(json: string): Readonly<Record<string, string>> {
  const told: unknown = JSON.parse(json);
  if (typeof told !== 'object' || told === null) return {};
  const texts = Object.entries(told).filter(([, text]) => typeof text === 'string');
  return Object.fromEntries(texts.slice(0, MOST_NOTES)) as Readonly<Record<string, string>>;
}
