/** The log of a server as a person reads it along: short lines, of the modules first of all. */
import { isScript } from '../../../bridges/testing/log.ts';
import { paint, type Style } from '../terminal.ts';

const LINE =
  /^\[\S+ (\d\d:\d\d:\d\d)\S* \S+\] ([A-Z]) (?:\[MSGID: \d+\] )?\[(.*?):(\d+):(.*?)\] \d+-([^:]*): (.*)$/;

const STYLES: Readonly<Record<string, Style>> = {
  M: 'error',
  A: 'error',
  C: 'error',
  E: 'error',
  W: 'warning',
  D: 'dim',
  T: 'dim',
};

/** The server colours its log by itself where it can. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of a terminal are sought
const ESCAPES = /\x1b\[[\d;]*m/g;

/** Lines about breakpoint() in a module. */
const DEBUGGER = /^(paused in the debugger|resumed$)/;

/** What other parts of the server say is shown when it is at least a warning. */
const SERIOUS = new Set(['M', 'A', 'C', 'E', 'W']);

export interface DevLogSettings {
  /** The scripted volumes. */
  readonly volumes: readonly string[];
  /** The module's file, as it is called here. */
  readonly module: string;
  readonly colour: boolean;
}

export class DevLog {
  private readonly settings: DevLogSettings;
  /** How the lines of a traceback look: as the line above them; null when that was not shown. */
  private style: Style | undefined | null = null;
  /** The fops that the code defines, as it was loaded last. */
  private fops = '';

  constructor(settings: DevLogSettings) {
    this.settings = settings;
  }

  /** A line as it is to be shown; null for one that is not. */
  format(written: string): string | null {
    const line = written.replace(ESCAPES, '');
    const { colour } = this.settings;
    const match = LINE.exec(line);
    if (match === null) {
      if (this.style === null) return null;
      return this.style === undefined ? line : paint(this.style, line, colour);
    }
    const [, time, letter, file, number, func, domain, said] = match as unknown as string[];
    const text = this.own(domain!, said!, SERIOUS.has(letter!));
    this.style = text === null ? null : STYLES[letter!];
    if (text === null) return null;
    if (text !== said) this.style = 'good';
    const place =
      isScript(file!) || file === this.settings.module ? `${file}:${number} ${func}: ` : '';
    const shown = this.style ? paint(this.style, text, colour) : text;
    return `${paint('dim', `${time} ${place}`, colour)}${shown}`;
  }

  /** What is said of it here; null for nothing. */
  private own(domain: string, said: string, serious: boolean): string | null {
    const { volumes, module } = this.settings;
    if (!volumes.includes(domain)) return serious ? said : null;
    // The debugger's own terminal says so.
    if (DEBUGGER.test(said)) return null;
    const loaded = / loaded: (.*)$/.exec(said);
    if (loaded !== null) {
      this.fops = loaded[1]!;
      return null;
    }
    return said === 'reloaded' ? `reloaded ${module}: ${this.fops}` : said;
  }
}
