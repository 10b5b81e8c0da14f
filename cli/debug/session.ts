/**
 * A session of `glossa debug`: commands one after the other. One of the requests that are held is
 * *selected*: the commands are about it. A command that lets it go on waits for the next stop.
 */
import { DebugError } from '../../runtime/debug/debug-error.ts';
import type { Way } from '../../runtime/debug/hops.ts';
import type { StopView } from '../../runtime/debug/protocol.ts';
import type { FrameView } from '../../runtime/debug/scopes.ts';
import { findValue, parsePath } from '../../runtime/debug/value-path.ts';
import type { Debuggee, Given, Happening } from './debuggee.ts';
import { frameText, requestText, scopesText, stopText, valueText, volumeText } from './show.ts';
import { findInfo, findWord, helpText, type Word } from './words.ts';

/** What a command is waited for. */
type Wait = (happening: Happening) => boolean;

const WAYS = { step: 'into', next: 'over', finish: 'out' } as const;
const NOTHING = 'no request is held';

export class Session {
  /** The mount is gone: nothing is left to debug. Null as long as it is not; then whether it failed. */
  over: boolean | null = null;
  /** It is to be gone. */
  isEnding = false;
  private readonly debuggee: Debuggee;
  private readonly say: (text: string) => void;
  private readonly held = new Map<number, StopView>();
  private selected: StopView | null = null;
  /** The request that was spoken of last. */
  private spoken = 0;
  /** The frame that is looked at. */
  private level = 0;
  private printed = 0;
  private state: 'new' | 'running' | 'mounted' = 'new';
  /** What is to be run as soon as there is a mount. */
  private pending: Given | null;
  private lastCommand: Given | null;
  private waiting: { readonly until: Wait; readonly done: () => void } | null = null;

  /**
   * @param command what `run` runs when it is not told
   * @param say shows a text of one line or several
   */
  constructor(debuggee: Debuggee, command: Given | null, say: (text: string) => void) {
    this.debuggee = debuggee;
    this.say = say;
    this.pending = null;
    this.lastCommand = command;
  }

  /**
   * Carries out a line.
   * @param interrupted resolves when it is not to be waited for any longer
   * @throws {DebugError} what is wrong with it
   */
  async carryOut(line: string, interrupted: Promise<void>): Promise<'quit' | undefined> {
    const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(line) ?? [];
    if (word === '' || word.startsWith('#')) return;
    const name = findWord(word);
    if (name === 'quit') return 'quit';
    await this.commands[name](rest, interrupted);
    return;
  }

  /** Something has happened, asked for or not. */
  hear(happening: Happening): void {
    this.take(happening);
    if (this.waiting?.until(happening) === true || this.over !== null) this.waiting?.done();
  }

  private take(happening: Happening): void {
    switch (happening.event) {
      case 'stopped':
        this.held.set(happening.stop.id, happening.stop);
        if (this.selected === null) this.select(happening.stop);
        break;
      case 'mounted':
        this.state = 'mounted';
        this.say(`mounted on ${this.debuggee.mountpoint}`);
        this.start();
        break;
      case 'exited':
        this.say(`[${happening.name} has ended with status ${happening.status}]`);
        break;
      case 'gone':
        this.over = happening.failed;
        if (this.state === 'mounted' && !this.isEnding) this.say('[the mount is gone]');
        break;
      case 'line':
      case 'started':
      case 'ended':
        break;
    }
  }

  private select(stop: StopView): void {
    this.selected = stop;
    this.level = 0;
    if (stop.request !== this.spoken) this.say(`[${requestText(stop)}]`);
    this.spoken = stop.request;
    this.say(stopText(stop));
  }

  // -- the commands ----------------------------------------------------------------------------

  private readonly commands: Readonly<
    Record<
      Exclude<Word, 'quit'>,
      (rest: string, interrupted: Promise<void>) => Promise<void> | void
    >
  > = {
    break: async (rest) => {
      const { id, text } = await this.debuggee.client.ask('break', { text: rest });
      this.say(`Breakpoint ${id}: ${text}`);
    },
    delete: async (rest) => {
      const { client } = this.debuggee;
      if (rest !== '') {
        await client.ask('delete', { id: wholeOf(rest, 'a breakpoint') });
        return;
      }
      for (const { id } of await client.ask('breakpoints', {})) await client.ask('delete', { id });
    },
    info: (rest) => this.info(rest),
    run: (rest, interrupted) => this.run(rest, interrupted),
    continue: (rest, interrupted) => this.resume('continue', rest, interrupted),
    step: (rest, interrupted) => this.resume(WAYS.step, rest, interrupted),
    next: (rest, interrupted) => this.resume(WAYS.next, rest, interrupted),
    finish: (rest, interrupted) => this.resume(WAYS.finish, rest, interrupted),
    backtrace: async () => {
      for (const frame of await this.frames()) this.say(frameText(frame));
    },
    frame: (rest) => this.look(rest === '' ? this.level : wholeOf(rest, 'a frame')),
    up: () => this.look(this.level + 1),
    down: () => this.look(this.level - 1),
    print: async (rest) => {
      const scopes = await this.scopes();
      if (rest === '') {
        this.say(scopesText(scopes));
        return;
      }
      const value = findValue(scopes, parsePath(rest));
      this.printed += 1;
      this.say(`$${this.printed} = ${valueText(value)}`);
    },
    set: (rest) => this.set(rest),
    request: (rest) => {
      const wanted = wholeOf(rest, 'a request');
      const stop = [...this.held.values()].find(({ request }) => request === wanted);
      if (stop === undefined) {
        throw new DebugError(
          `request ${wanted} is not held ('info requests' lists those that are)`,
        );
      }
      this.select(stop);
    },
    detach: async () => {
      this.held.clear();
      this.selected = null;
      await this.debuggee.client.ask('detach', {});
    },
    help: () => this.say(helpText()),
  };

  private async info(rest: string): Promise<void> {
    const { client } = this.debuggee;
    switch (findInfo(rest)) {
      case 'breakpoints': {
        const all = await client.ask('breakpoints', {});
        if (all.length === 0) this.say('no breakpoints');
        for (const { id, text, hits } of all) this.say(`${id}  ${text}  (hits: ${hits})`);
        break;
      }
      case 'requests':
        if (this.held.size === 0) this.say(NOTHING);
        for (const stop of this.held.values()) {
          this.say(`${stop === this.selected ? '*' : ' '} ${requestText(stop)}, at ${stop.volume}`);
        }
        break;
      case 'volumes':
        for (const volume of await client.ask('volumes', {})) this.say(volumeText(volume));
        break;
    }
  }

  private async run(rest: string, interrupted: Promise<void>): Promise<void> {
    const { line, isBehind } = behind(rest);
    const command: Given | null = line === '' ? this.lastCommand : line;
    if (this.debuggee.runs || this.pending !== null) {
      throw new DebugError('a command runs already: continue goes on with it');
    }
    if (this.state !== 'new' && command === null) {
      throw new DebugError(
        `mounted already, on ${this.debuggee.mountpoint}: run what? run COMMAND`,
      );
    }
    if (this.selected !== null) throw new DebugError('a request is held: continue comes first');
    this.lastCommand = command;
    this.pending = command;
    await this.following(isBehind, interrupted, null, async () => {
      if (this.state === 'new') {
        this.state = 'running';
        await this.debuggee.client.ask('run', {});
      } else this.start();
    });
  }

  /** Runs what waits for the mount. */
  private start(): void {
    const { pending } = this;
    if (pending === null || this.state !== 'mounted') return;
    this.pending = null;
    this.debuggee.run(pending);
  }

  private async resume(way: Way, rest: string, interrupted: Promise<void>): Promise<void> {
    const { line, isBehind } = behind(rest);
    if (line !== '') throw new DebugError(`'${line}' is one word too many`);
    const stop = this.selected;
    if (this.state === 'new') throw new DebugError("nothing runs yet: 'run' mounts");
    if (stop === null && way !== 'continue') throw new DebugError(NOTHING);
    const stepped = stop === null || way === 'continue' ? null : stop.request;
    await this.following(isBehind, interrupted, stepped, async () => {
      if (stop !== null) {
        this.held.delete(stop.id);
        this.selected = null;
        await this.debuggee.client.ask('resume', { stop: stop.id, way });
      }
      const [next] = this.held.values();
      if (way === 'continue' && this.selected === null && next !== undefined) this.select(next);
    });
  }

  /**
   * Does what lets requests go on, and waits, unless it is `isBehind`, until one is selected or nothing
   * will come any more: the command has ended, or the request that is `stepped`.
   */
  private async following(
    isBehind: boolean,
    interrupted: Promise<void>,
    stepped: number | null,
    go: () => Promise<void>,
  ): Promise<void> {
    const over = new Promise<void>((resolve) => {
      const until: Wait = (happening) => {
        if (this.selected !== null || happening.event === 'exited') return true;
        if (happening.event !== 'ended' || happening.request !== stepped) return false;
        this.say(`[request ${stepped} has ended]`);
        return true;
      };
      this.waiting = { until, done: resolve };
    });
    try {
      await go();
      if (this.selected === null && this.over === null && !isBehind) {
        const stopped = await Promise.race([over, interrupted.then(() => 'interrupted')]);
        if (stopped === 'interrupted') this.say(`interrupted: ${NOTHING}, all go on`);
      }
    } finally {
      this.waiting = null;
    }
  }

  // -- looking ---------------------------------------------------------------------------------

  private current(): StopView {
    if (this.selected === null) throw new DebugError(NOTHING);
    return this.selected;
  }

  private frames(): Promise<readonly FrameView[]> {
    return this.debuggee.client.ask('frames', { stop: this.current().id });
  }

  private scopes() {
    return this.debuggee.client.ask('scopes', { stop: this.current().id, level: this.level });
  }

  private async look(level: number): Promise<void> {
    const frames = await this.frames();
    const frame = frames[level];
    if (frame === undefined) {
      throw new DebugError(`there is no frame ${level}: they are 0 to ${frames.length - 1}`);
    }
    this.level = level;
    this.say(frameText(frame));
  }

  private async set(rest: string): Promise<void> {
    const match = /^(?:var(?:iable)?\s+)?(.+?)\s*=\s*(.*)$/s.exec(rest);
    if (match === null) throw new DebugError('what is to be set to what? set VALUE = TEXT');
    const { id: stop } = this.current();
    const [, path = '', value = ''] = match;
    const args = { stop, path: parsePath(path), value };
    const reply = await this.debuggee.client.ask('set', args);
    this.say(reply.map(({ name, text }) => `${name}=${text}`).join(', '));
  }
}

/** gdb's `&`: not to be waited for. */
const behind = (rest: string) => ({
  line: rest.replace(/\s*&$/, ''),
  isBehind: rest.endsWith('&'),
});

function wholeOf(text: string, what: string): number {
  if (!/^\d+$/.test(text)) throw new DebugError(`${what} is a number: not '${text}'`);
  return Number(text);
}
