/**
 * Shortens a server's log for the terminal of `glossa dev` and `glossa repl`: shows the lines of
 * modules, and warnings and errors of the server.
 */

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { seriousLetters } from '../../runtime/core/log.ts';
import { makeBuiltPath } from '../../runtime/sys/paths.ts';
import { paint, type Style } from '../../terminal/terminal.ts';

/** Matches a log line: time, level, file, line, function, volume, message. */
const LOG_LINE =
  /^\[\S+ (\d\d:\d\d:\d\d)\S* \S+\] ([A-Z]) (?:\[MSGID: \d+\] )?\[(.*?):(\d+):(.*?)\] \d+-([^:]*): (.*)$/;

/** The style of a line, by the first letter of its level; M is EMERGENCY. */
const STYLES: Readonly<Record<string, Style>> = {
  M: 'error',
  A: 'error',
  C: 'error',
  E: 'error',
  W: 'warning',
  D: 'dim',
  T: 'dim',
};

/** Matches the messages that breakpoint() in a module logs. */
const DEBUGGER_MESSAGE = /^(paused in the debugger|resumed$)/;

/** Matches the last message of a replaced volume, which is dropped because the reload was shown. */
const REPLACED_VOLUME = /^idle, and gone: /;

/** The settings of a log's output. */
export interface DevLogSettings {
  /** The names of the volumes whose lines are all shown. */
  readonly volumes: readonly string[];
  /** The name of the module's file in the output. */
  readonly module: string;
  /** Whether a file belongs to a module: then the output has the line's position in the file. */
  isModuleFile(file: string): boolean;
  readonly colour: boolean;
}

/** The log of one server, line by line. */
export class DevLog {
  private readonly settings: DevLogSettings;
  /** The style of the last line and of the traceback lines after it; null if they are dropped. */
  private style: Style | undefined | null = null;
  /** The fops that the module defined when it was last loaded, as its log line lists them. */
  private fopsText = '';
  /** The volumes whose last reload failed. */
  private readonly brokenVolumes = new Set<string>();

  constructor(settings: DevLogSettings) {
    this.settings = settings;
  }

  /** Returns the line to show; null for a line to drop. */
  format(colouredLine: string): string | null {
    // The server may have coloured its log.
    const line = stripVTControlCharacters(colouredLine);
    const { colour } = this.settings;
    const match = LOG_LINE.exec(line);
    if (match === null) {
      if (this.style === null) return null;
      return this.style === undefined ? line : paint(this.style, line, colour);
    }
    const [, time, letter, file, number, func, volume, message] = match as unknown as string[];
    const text = this.shorten(volume!, message!, seriousLetters.has(letter!));
    this.style = text === null ? null : STYLES[letter!];
    if (text === null) return null;
    // Only the report of a reload is reworded: a success at any log level.
    if (text !== message) this.style = 'good';
    const position = this.settings.isModuleFile(file!) ? `${file}:${number} ${func}: ` : '';
    const colouredText = this.style ? paint(this.style, text, colour) : text;
    return `${paint('dim', `${time} ${position}`, colour)}${colouredText}`;
  }

  /** Returns the text to show; null to drop the line. */
  private shorten(volume: string, message: string, isSerious: boolean): string | null {
    const { volumes, module } = this.settings;
    if (!volumes.includes(volume)) return isSerious ? message : null;
    // The debugger has printed the same on the terminal.
    if (DEBUGGER_MESSAGE.test(message) || REPLACED_VOLUME.test(message)) return null;
    const match = / loaded: (.*)$/.exec(message);
    if (match !== null) {
      this.fopsText = match[1]!;
      return null;
    }
    if (message.startsWith('not reloaded')) this.brokenVolumes.add(volume);
    if (message !== 'reloaded') return message;
    const verb = this.brokenVolumes.delete(volume) ? 'good again: reloaded' : 'reloaded';
    return `${verb} ${module}: ${this.fopsText}`;
  }
}

/** Lists the names of glossa's own files, which a log line may name as its source. */
function listOwnFileNames(): ReadonlySet<string> {
  const files = readdirSync(makeBuiltPath('.'), { recursive: true, encoding: 'utf8' });
  // Each module has a declaration there, also if it is joined with others.
  const names = files
    .filter((file) => file.endsWith('.d.ts'))
    .map((file) => basename(file, '.d.ts'));
  return new Set(names.flatMap((name) => [`${name}.js`, `${name}.ts`]));
}

/**
 * Makes a test whether a file is a module's: it is in `folder`, or no file of glossa has its name.
 */
export function makeModuleFileTest(folder: string): (file: string) => boolean {
  const ownNames = listOwnFileNames();
  return (file) => file !== '-' && (!ownNames.has(file) || existsSync(join(folder, file)));
}
