/** The log of a server as a person reads it along: short lines, of the modules first of all. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { paint, type Style } from '../../terminal/terminal.ts';

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

/** Lines about breakpoint() in a module. */
const DEBUGGER = /^(paused in the debugger|resumed$)/;

/** The last log line of a replaced volume: dropped, because the replacement was logged before. */
const REPLACED = /^idle, and gone: /;

/** What other parts of the server say is shown when it is at least a warning. */
const SERIOUS = new Set(['M', 'A', 'C', 'E', 'W']);

export interface DevLogSettings {
  /** The scripted volumes. */
  readonly volumes: readonly string[];
  /** The module's file, as it is called here. */
  readonly module: string;
  /** True for a file of a module, whose source positions are shown. */
  isOwn(file: string): boolean;
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
    // The server colours its log itself where it can.
    const line = stripVTControlCharacters(written);
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
    const place = this.settings.isOwn(file!) ? `${file}:${number} ${func}: ` : '';
    const shown = this.style ? paint(this.style, text, colour) : text;
    return `${paint('dim', `${time} ${place}`, colour)}${shown}`;
  }

  /** What is said of it here; null for nothing. */
  private own(domain: string, said: string, serious: boolean): string | null {
    const { volumes, module } = this.settings;
    if (!volumes.includes(domain)) return serious ? said : null;
    // The debugger's own terminal says so.
    if (DEBUGGER.test(said) || REPLACED.test(said)) return null;
    const loaded = / loaded: (.*)$/.exec(said);
    if (loaded !== null) {
      this.fops = loaded[1]!;
      return null;
    }
    return said === 'reloaded' ? `reloaded ${module}: ${this.fops}` : said;
  }
}

/** The names of glossa's own files, as they are in a log. */
function namesOfGlossa(): ReadonlySet<string> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const files = ['runtime', 'gluster', 'bridges', 'server', 'terminal', 'apps', 'cli'].flatMap(
    (folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }),
  );
  return new Set(files.map((file) => basename(file)));
}

/** Tells files of modules from glossa's own; every file in `folder` belongs to a module. */
export function ownFiles(folder: string): (file: string) => boolean {
  const others = namesOfGlossa();
  return (file) => file !== '-' && (!others.has(file) || existsSync(join(folder, file)));
}
