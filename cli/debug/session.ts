/**
 * Carries out the commands of a `glossa debug` session. One of the held requests is *selected*, and
 * the commands refer to it. A command that resumes it waits for the next stop.
 */
import { DebugError } from '../../runtime/debug/debug-error.ts';
import type { ResumeWay } from '../../runtime/debug/hops.ts';
import type { StopView } from '../../runtime/debug/protocol.ts';
import type { FrameView } from '../../runtime/debug/scopes.ts';
import { findValue, parsePath } from '../../runtime/debug/value-path.ts';
import { type CommandName, findCommandName, findInfo, helpText } from './command-table.ts';
import type { CommandLine, Debuggee, DebuggeeEvent } from './debuggee.ts';
import { frameText, requestText, scopesText, stopText, valueText, volumeText } from './show.ts';

/** Whether an event ends the wait of a command. */
type Wait = (event: DebuggeeEvent) => boolean;

const WAYS = { step: 'into', next: 'over', finish: 'out' } as const;
const NOTHING = 'no request is held';

export class Session {
  /** Null while the mount exists; afterwards whether it failed. */
  over: boolean | null = null;
  /** Whether the session is ending. */
  isEnding = false;
  private readonly debuggee: Debuggee;
  private readonly say: (text: string) => void;
  private readonly held = new Map<number, StopView>();
  private selected: StopView | null = null;
  /** The request that was printed last. */
  private spoken = 0;
  /** The selected frame. */
  private level = 0;
  private printed = 0;
  private state: 'new' | 'running' | 'mounted' = 'new';
  /** The command to run once there is a mount. */
  private pending: CommandLine | null;
  private lastCommand: CommandLine | null;
  private waiting: { readonly until: Wait; readonly done: () => void } | null = null;

  /**
   * @param command the default command of `run`
   * @param say prints a text of one or more lines
   */
  constructor(debuggee: Debuggee, command: CommandLine | null, say: (text: string) => void) {
    this.debuggee = debuggee;
    this.say = say;
    this.pending = null;
    this.lastCommand = command;
  }

  /**
   * Carries out a line.
   * @param interrupted resolves at Ctrl-C, which ends the wait
   * @throws {DebugError} for a wrong line
   */
  async carryOut(line: string, interrupted: Promise<void>): Promise<'quit' | undefined> {
    const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(line) ?? [];
    if (word === '' || word.startsWith('#')) return;
    const name = findCommandName(word);
    if (name === 'quit') return 'quit';
    await this.commands[name](rest, interrupted);
    return;
  }

  /** Handles an event of the server or the command. */
  onEvent(event: DebuggeeEvent): void {
    this.take(event);
    if (this.waiting?.until(event) === true || this.over !== null) this.waiting?.done();
  }

  private take(event: DebuggeeEvent): void {
    switch (event.event) {
      case 'stopped':
        this.held.set(event.stop.id, event.stop);
        if (this.selected === null) this.select(event.stop);
        break;
      case 'mounted':
        this.state = 'mounted';
        this.say(`mounted on ${this.debuggee.mountpoint}`);
        this.start();
        break;
      case 'exited':
        this.say(`[${event.name} has ended with status ${event.status}]`);
        break;
      case 'gone':
        this.over = event.failed;
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
      Exclude<CommandName, 'quit'>,
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
    const command: CommandLine | null = line === '' ? this.lastCommand : line;
    if (this.debuggee.runs || this.pending !== null) {
      throw new DebugError('a command runs already: continue goes on with it');
    }
    if (this.state !== 'new' && command === null) {
      throw new DebugError(`mounted already, on ${this.debuggee.mountpoint}: use run COMMAND`);
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

  /** Runs the pending command once there is a mount. */
  private start(): void {
    const { pending } = this;
    if (pending === null || this.state !== 'mounted') return;
    this.pending = null;
    this.debuggee.run(pending);
  }

  private async resume(way: ResumeWay, rest: string, interrupted: Promise<void>): Promise<void> {
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
   * Calls `go`, which resumes requests, and waits, unless `isBehind`, until a request is selected,
   * the command has ended, or the request `stepped` has.
   */
  private async following(
    isBehind: boolean,
    interrupted: Promise<void>,
    stepped: number | null,
    go: () => Promise<void>,
  ): Promise<void> {
    const over = new Promise<void>((resolve) => {
      const until: Wait = (event) => {
        if (this.selected !== null || event.event === 'exited') return true;
        if (event.event !== 'ended' || event.request !== stepped) return false;
        this.say(`[request ${stepped} has ended]`);
        return true;
      };
      this.waiting = { until, done: resolve };
    });
    try {
      await go();
      if (this.selected === null && this.over === null && !isBehind) {
        const stopped = await Promise.race([over, interrupted.then(() => 'interrupted')]);
        if (stopped === 'interrupted') this.say(`interrupted: ${NOTHING}, all requests continue`);
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
    if (match === null) throw new DebugError('the form is: set VALUE = TEXT');
    const { id: stop } = this.current();
    const [, path = '', value = ''] = match;
    const args = { stop, path: parsePath(path), value };
    const reply = await this.debuggee.client.ask('set', args);
    this.say(reply.map(({ name, text }) => `${name}=${text}`).join(', '));
  }
}

/** Splits off gdb's `&`, which ends the wait. */
const behind = (rest: string) => ({
  line: rest.replace(/\s*&$/, ''),
  isBehind: rest.endsWith('&'),
});

function wholeOf(text: string, what: string): number {
  if (!/^\d+$/.test(text)) throw new DebugError(`${what} is a number: not '${text}'`);
  return Number(text);
}
