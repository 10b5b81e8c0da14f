/**
 * Records a module's calls for an observer (a debugger or a recording): asks the interpreter for
 * the module's state before and after each call. Without an observer, none of this runs. The
 * guest's side is python/glupy/_notes.py and bridges/javascript/library/notes.ts.
 */
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { EnterGuest, Guest, NoteTaker, Scalar } from '../guest.ts';
import type { HostedRequest } from './hosted-request.ts';

/** Maximum number of texts noted for one call. */
const MAX_NOTES = 16;

export class Notes {
  private readonly xl: Xlator<unknown>;
  /** Null for a guest without notes: then only its log lines are tied to requests. */
  private readonly noteTaker: NoteTaker | null;
  /** True after a failure: no more notes are taken. */
  private hasFailed = false;
  /** The guest's thread, which takes its notes itself. */
  private readonly thread: Guest['thread'];

  constructor(xl: Xlator<unknown>, noteTaker: NoteTaker | null, thread: Guest['thread']) {
    this.xl = xl;
    this.thread = thread;
    this.noteTaker = noteTaker;
  }

  /**
   * Calls the guest for a request, and records notes. Rethrows the call's exception.
   * @param name the name of its fop or hook
   */
  observe(
    request: HostedRequest,
    enter: EnterGuest,
    args: readonly Scalar[],
    name = request.name,
  ): number {
    const { xl } = this;
    const { frame } = request;
    const previousFrame = xl.frame;
    xl.frame = frame;
    try {
      const { noteTaker } = this;
      if (noteTaker === null || this.hasFailed || !xl.observer?.wantsNotes(frame))
        return enter(args);
      this.runNoteStep(() => noteTaker.sampleBefore(request.id, name));
      const code = enter(args);
      this.runNoteStep(() => xl.observer?.addNotes(frame, readNotes(noteTaker.readChanges())));
      return code;
    } finally {
      xl.frame = previousFrame;
    }
  }

  /** Runs a step of note-taking; its failure affects neither module nor request. */
  private runNoteStep(step: () => void): void {
    if (this.hasFailed) return;
    try {
      step();
    } catch (error) {
      this.hasFailed = true;
      this.xl.log.info(`what the module does is noted no more: ${(error as Error).message}`);
    }
  }

  /** Ends the notes in the interpreter. */
  stop(): void {
    this.thread?.stopNotes();
    this.runNoteStep(() => this.noteTaker?.stop());
  }
}

/**
 * Makes an interpreter's notes when the volume has an observer; stops `notes` when the volume has no observer
 * any more. Returns the notes to use from now on, null without an observer.
 */
export function updateNotes(
  xl: Xlator<unknown>,
  { noteTaker, failure, thread }: Guest,
  notes: Notes | null = null,
): Notes | null {
  if (failure !== undefined) return null;
  if (xl.observer !== null) return notes ?? new Notes(xl, noteTaker ?? null, thread);
  notes?.stop();
  return null;
}

/** Parses notes, keeping only texts by name: the module may have tampered with them. */
export function readNotes(json: string): Readonly<Record<string, string>> {
  const parsed: unknown = JSON.parse(json);
  if (typeof parsed !== 'object' || parsed === null) return {};
  const texts = Object.entries(parsed).filter(([, text]) => typeof text === 'string');
  return Object.fromEntries(texts.slice(0, MAX_NOTES)) as Readonly<Record<string, string>>;
}
