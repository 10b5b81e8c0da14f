/**
 * Carries out the commands of a `glossa debug` session. One of the stopped requests is *selected*:
 * the commands refer to it. A command that resumes it waits for the next stop.
 */

import { printable } from '../../runtime/core/log.ts';
import { DebugError } from '../../runtime/debug/debug-error.ts';
import type { ResumeWay } from '../../runtime/debug/hops.ts';
import type { StopView, VolumeView } from '../../runtime/debug/protocol.ts';
import type { FrameView, Scope, ShownValue } from '../../runtime/debug/shown-values.ts';
import { findValue, parsePath } from '../../runtime/debug/value-path.ts';
import { type CommandName, findCommandName, findInfoSubject, formatHelp } from './command-table.ts';
import type { CommandLine, Debuggee, DebuggeeEvent } from './debuggee.ts';

/** Formats stopped requests, frames and values for `glossa debug`, in gdb's form. */
const formatArguments = (values: readonly ShownValue[]): string =>
  values.map(({ name, text }) => `${name}=${text}`).join(', ');

/** Formats where a request is stopped, and its arguments. */
function formatStop(stop: StopView): string {
  const { kind, fop, volume, from, values, breakpoint } = stop;
  const breakpointText = breakpoint === null ? '' : `Breakpoint ${breakpoint}, `;
  const name = kind === 'wind' ? fop : `${fop}_cbk`;
  return `${breakpointText}${name} (${formatArguments(values)}) at ${volume}, from ${from}`;
}

/** Formats the request of a stop: its number, caller, fop and paths. */
const formatRequest = ({ request, pid, uid, fop, paths }: StopView): string =>
  `request ${request} of process ${pid}, user ${uid}: ${fop} ${formatPaths(paths)}`.trimEnd();

const formatPaths = (paths: readonly string[]): string => paths.map(printable).join(' ');

/** Formats a volume on the way of a request, with the request's fop and position there. */
function formatFrame({ level, volume, type, fop, paths, where }: FrameView): string {
  const position = where === null || where === '' ? '' : ` at ${where}`;
  return `#${level}  ${fop} in ${volume} (${type}): ${formatPaths(paths)}${position}`;
}

/** Formats a value, with one line for each of its parts. */
function formatValue({ text, parts }: ShownValue): string {
  if (parts.length === 0) return text;
  const lines = parts.map((part) => `  ${part.name} = ${part.text}`);
  return `{\n${lines.join(',\n')}\n}`;
}

/** Formats all values of a frame. */
const formatScopes = (scopes: readonly Scope[]): string =>
  scopes.map(({ name, values }) => [`${name}:`, ...formatValueLines(values)].join('\n')).join('\n');

/** Formats each value, and each of its parts, as a line. */
const formatValueLines = (values: readonly ShownValue[]): string[] =>
  values.flatMap(({ name, text, parts }) => [
    `  ${name} = ${text}`,
    ...parts.map((part) => `    ${part.name} = ${part.text}`),
  ]);

/** Formats a volume with its children. */
const formatVolume = ({ name, type, children }: VolumeView): string =>
  `${name} (${type})${children.length === 0 ? '' : ` over ${children.join(', ')}`}`;

/** Returns whether an event ends the wait of a command. */
type WaitCondition = (event: DebuggeeEvent) => boolean;

/** The way in which the debugger resumes a request, for each command that steps. */
const RESUME_WAYS = { step: 'into', next: 'over', finish: 'out' } as const;
const NO_REQUEST_HELD = 'no request is held';

/** The held requests and the selected one, and the commands that act on them. */
export class DebugSession {
  /** Null until the server has ended. */
  outcome: 'ended' | 'failed' | null = null;
  /** Whether the session is ending. */
  isEnding = false;
  private readonly debuggee: Debuggee;
  private readonly print: (text: string) => void;
  /** The stops of all held requests, by the number of the stop. */
  private readonly heldStops = new Map<number, StopView>();
  private selectedStop: StopView | null = null;
  /** The number of the request that was printed last. */
  private printedRequest = 0;
  /** The index of the selected frame; 0 is the volume where the request is stopped. */
  private selectedLevel = 0;
  /** The number of values printed: each is printed as `$1`, `$2` and so on, as in gdb. */
  private valueCount = 0;
  private state: 'new' | 'mounting' | 'mounted' = 'new';
  /** The command to run once there is a mount. */
  private pendingCommand: CommandLine | null;
  /** The command that `run` without arguments runs. */
  private lastCommand: CommandLine | null;
  /** The wait of a command that has resumed requests; null if none waits. */
  private currentWait: { readonly endsWait: WaitCondition; readonly end: () => void } | null = null;

  /**
   * @param command the default command of `run`
   * @param print prints a text of one or more lines
   */
  constructor(debuggee: Debuggee, command: CommandLine | null, print: (text: string) => void) {
    this.debuggee = debuggee;
    this.print = print;
    this.pendingCommand = null;
    this.lastCommand = command;
  }

  /**
   * Carries out a line of the user.
   * @param interrupted resolves at Ctrl-C, which ends the wait
   * @returns 'quit' if the line ends the session
   * @throws {DebugError} for a wrong line
   */
  async carryOut(line: string, interrupted: Promise<void>): Promise<'quit' | undefined> {
    const [, word = '', argumentText = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(line) ?? [];
    // A line that begins with # is a comment, as in gdb's scripts.
    if (word === '' || word.startsWith('#')) return;
    const name = findCommandName(word);
    if (name === 'quit') return 'quit';
    await this.commands[name](argumentText, interrupted);
    return;
  }

  /** Handles an event of the server, or of the command that runs in the mount. */
  onEvent(event: DebuggeeEvent): void {
    this.applyEvent(event);
    if (this.currentWait?.endsWait(event) === true || this.outcome !== null)
      this.currentWait?.end();
  }

  /** Updates the state by an event, and prints it. */
  private applyEvent(event: DebuggeeEvent): void {
    switch (event.event) {
      case 'stopped':
        this.heldStops.set(event.stop.id, event.stop);
        if (this.selectedStop === null) this.select(event.stop);
        break;
      case 'mounted':
        this.state = 'mounted';
        this.print(`mounted on ${this.debuggee.mountpoint}`);
        this.startPending();
        break;
      case 'exited':
        this.print(`[${event.name} has ended with status ${event.status}]`);
        break;
      case 'gone':
        this.outcome = event.hasFailed ? 'failed' : 'ended';
        if (this.state === 'mounted' && !this.isEnding) this.print('[the mount is gone]');
        break;
      case 'line':
      case 'started':
      case 'ended':
        break;
    }
  }

  /** Selects the request of a stop, and prints where it is stopped. */
  private select(stop: StopView): void {
    this.selectedStop = stop;
    this.selectedLevel = 0;
    if (stop.request !== this.printedRequest) this.print(`[${formatRequest(stop)}]`);
    this.printedRequest = stop.request;
    this.print(formatStop(stop));
  }

  // -- commands -----------------------------------------------------------------------------------

  private readonly commands: Readonly<
    Record<
      Exclude<CommandName, 'quit'>,
      (argumentText: string, interrupted: Promise<void>) => Promise<void> | void
    >
  > = {
    break: async (argumentText) => {
      const { id, text } = await this.debuggee.client.sendCommand('break', { text: argumentText });
      this.print(`Breakpoint ${id}: ${text}`);
    },
    delete: async (argumentText) => {
      const { client } = this.debuggee;
      if (argumentText !== '') {
        await client.sendCommand('delete', { id: parseNumber(argumentText, 'a breakpoint') });
        return;
      }
      for (const { id } of await client.sendCommand('breakpoints', {}))
        await client.sendCommand('delete', { id });
    },
    info: (argumentText) => this.printInfo(argumentText),
    run: (argumentText, interrupted) => this.runCommand(argumentText, interrupted),
    continue: (argumentText, interrupted) => this.resume('continue', argumentText, interrupted),
    step: (argumentText, interrupted) => this.resume(RESUME_WAYS.step, argumentText, interrupted),
    next: (argumentText, interrupted) => this.resume(RESUME_WAYS.next, argumentText, interrupted),
    finish: (argumentText, interrupted) =>
      this.resume(RESUME_WAYS.finish, argumentText, interrupted),
    backtrace: async () => {
      for (const frame of await this.fetchFrames()) this.print(formatFrame(frame));
    },
    frame: (argumentText) =>
      this.selectFrame(
        argumentText === '' ? this.selectedLevel : parseNumber(argumentText, 'a frame'),
      ),
    up: () => this.selectFrame(this.selectedLevel + 1),
    down: () => this.selectFrame(this.selectedLevel - 1),
    print: async (argumentText) => {
      const scopes = await this.fetchScopes();
      if (argumentText === '') {
        this.print(formatScopes(scopes));
        return;
      }
      const value = findValue(scopes, parsePath(argumentText));
      this.valueCount += 1;
      this.print(`$${this.valueCount} = ${formatValue(value)}`);
    },
    set: (argumentText) => this.setValue(argumentText),
    request: (argumentText) => {
      const requestId = parseNumber(argumentText, 'a request');
      const stop = [...this.heldStops.values()].find(({ request }) => request === requestId);
      if (stop === undefined) {
        throw new DebugError(
          `request ${requestId} is not held ('info requests' lists those that are)`,
        );
      }
      this.select(stop);
    },
    detach: async () => {
      this.heldStops.clear();
      this.selectedStop = null;
      await this.debuggee.client.sendCommand('detach', {});
    },
    help: () => this.print(formatHelp()),
  };

  private async printInfo(argumentText: string): Promise<void> {
    const { client } = this.debuggee;
    switch (findInfoSubject(argumentText)) {
      case 'breakpoints': {
        const breakpoints = await client.sendCommand('breakpoints', {});
        if (breakpoints.length === 0) this.print('no breakpoints');
        for (const { id, text, hits } of breakpoints) this.print(`${id}  ${text}  (hits: ${hits})`);
        break;
      }
      case 'requests':
        if (this.heldStops.size === 0) this.print(NO_REQUEST_HELD);
        for (const stop of this.heldStops.values()) {
          this.print(
            `${stop === this.selectedStop ? '*' : ' '} ${formatRequest(stop)}, at ${stop.volume}`,
          );
        }
        break;
      case 'volumes':
        for (const volume of await client.sendCommand('volumes', {}))
          this.print(formatVolume(volume));
        break;
    }
  }

  /** Carries out `run`: mounts if needed, and runs a command in the mount. */
  private async runCommand(argumentText: string, interrupted: Promise<void>): Promise<void> {
    const { line, isBackground } = splitBackground(argumentText);
    const command: CommandLine | null = line === '' ? this.lastCommand : line;
    if (this.debuggee.isRunning || this.pendingCommand !== null) {
      throw new DebugError('a command runs already: continue goes on with it');
    }
    if (this.state !== 'new' && command === null) {
      throw new DebugError(`mounted already, on ${this.debuggee.mountpoint}: use run COMMAND`);
    }
    if (this.selectedStop !== null) throw new DebugError('a request is held: continue comes first');
    this.lastCommand = command;
    this.pendingCommand = command;
    await this.resumeAndWait(isBackground, interrupted, null, async () => {
      if (this.state === 'new') {
        this.state = 'mounting';
        await this.debuggee.client.sendCommand('run', {});
      } else this.startPending();
    });
  }

  /** Runs the pending command once there is a mount. */
  private startPending(): void {
    const { pendingCommand: command } = this;
    if (command === null || this.state !== 'mounted') return;
    this.pendingCommand = null;
    this.debuggee.run(command);
  }

  /** Carries out `continue` and the commands that step. */
  private async resume(
    way: ResumeWay,
    argumentText: string,
    interrupted: Promise<void>,
  ): Promise<void> {
    const { line, isBackground } = splitBackground(argumentText);
    if (line !== '') throw new DebugError(`'${line}' is one word too many`);
    const stop = this.selectedStop;
    if (this.state === 'new') throw new DebugError("nothing runs yet: 'run' mounts");
    if (stop === null && way !== 'continue') throw new DebugError(NO_REQUEST_HELD);
    const steppedRequest = stop === null || way === 'continue' ? null : stop.request;
    await this.resumeAndWait(isBackground, interrupted, steppedRequest, async () => {
      if (stop !== null) {
        this.heldStops.delete(stop.id);
        this.selectedStop = null;
        await this.debuggee.client.sendCommand('resume', { stop: stop.id, way });
      }
      const [nextStop] = this.heldStops.values();
      if (way === 'continue' && this.selectedStop === null && nextStop !== undefined)
        this.select(nextStop);
    });
  }

  /**
   * Calls `resumeRequests`. Unless `isBackground`, waits until a request is selected, or until the
   * command or the request `steppedRequest` has ended.
   * @param interrupted resolves at Ctrl-C, which ends the wait
   */
  private async resumeAndWait(
    isBackground: boolean,
    interrupted: Promise<void>,
    steppedRequest: number | null,
    resumeRequests: () => Promise<void>,
  ): Promise<void> {
    const whenDone = new Promise<void>((resolve) => {
      const endsWait: WaitCondition = (event) => {
        if (this.selectedStop !== null || event.event === 'exited') return true;
        if (event.event !== 'ended' || event.request !== steppedRequest) return false;
        this.print(`[request ${steppedRequest} has ended]`);
        return true;
      };
      this.currentWait = { endsWait, end: resolve };
    });
    try {
      await resumeRequests();
      if (this.selectedStop === null && this.outcome === null && !isBackground) {
        const outcome = await Promise.race([whenDone, interrupted.then(() => 'interrupted')]);
        if (outcome === 'interrupted')
          this.print(`interrupted: ${NO_REQUEST_HELD}, all requests continue`);
      }
    } finally {
      this.currentWait = null;
    }
  }

  // -- the selected request -----------------------------------------------------------------------

  /** Returns the selected stop. @throws {DebugError} if no stop is selected */
  private requireStop(): StopView {
    if (this.selectedStop === null) throw new DebugError(NO_REQUEST_HELD);
    return this.selectedStop;
  }

  private fetchFrames(): Promise<readonly FrameView[]> {
    return this.debuggee.client.sendCommand('frames', { stop: this.requireStop().id });
  }

  private fetchScopes() {
    return this.debuggee.client.sendCommand('scopes', {
      stop: this.requireStop().id,
      level: this.selectedLevel,
    });
  }

  private async selectFrame(level: number): Promise<void> {
    const frames = await this.fetchFrames();
    const frame = frames[level];
    if (frame === undefined) {
      throw new DebugError(`there is no frame ${level}: they are 0 to ${frames.length - 1}`);
    }
    this.selectedLevel = level;
    this.print(formatFrame(frame));
  }

  /** Carries out `set VALUE = TEXT`. */
  private async setValue(argumentText: string): Promise<void> {
    // As in gdb, `variable` may precede the value.
    const match = /^(?:var(?:iable)?\s+)?(.+?)\s*=\s*(.*)$/s.exec(argumentText);
    if (match === null) throw new DebugError('the form is: set VALUE = TEXT');
    const { id: stop } = this.requireStop();
    const [, path = '', value = ''] = match;
    const args = { stop, path: parsePath(path), value };
    const reply = await this.debuggee.client.sendCommand('set', args);
    this.print(reply.map(({ name, text }) => `${name}=${text}`).join(', '));
  }
}

/** Splits off a trailing `&`, which makes a command return at once, as in gdb. */
const splitBackground = (argumentText: string) => ({
  line: argumentText.replace(/\s*&$/, ''),
  isBackground: argumentText.endsWith('&'),
});

/** Parses a number. @throws {DebugError} that names the subject for any other text */
function parseNumber(text: string, subject: string): number {
  if (!/^\d+$/.test(text)) throw new DebugError(`${subject} is a number: not '${text}'`);
  return Number(text);
}
