/** Writes a module's log lines to the volume's log, with their source position. */
import { host } from './host.ts';
import { format } from './inspect.ts';
import { findCallerPosition } from './report.ts';

/** GlusterFS's numbers of the log levels. */
export const LEVELS = { critical: 3, error: 4, warning: 5, info: 7, debug: 8, trace: 9 } as const;

type LogFunction = (...args: unknown[]) => void;
/** A translator's `log`: a function for each level. */
export interface Log extends Readonly<Record<keyof typeof LEVELS, LogFunction>> {
  /** True if the volume logs this level now. */
  enabled(level: unknown): boolean;
}

/** Makes the log function of a level; it formats a line only if the volume writes the level. */
export const makeLogger =
  (level: number): LogFunction =>
  (...args) => {
    if (host.logs(level) === 0) return;
    const { file, line, func } = findCallerPosition();
    // The text may have several lines: the host indents them.
    host.log(level, file, line, func, format(args));
  };

function isEnabled(level: unknown): boolean {
  const levelNumber = Object.hasOwn(LEVELS, String(level))
    ? LEVELS[level as keyof typeof LEVELS]
    : 0;
  if (levelNumber > 0) return host.logs(levelNumber) !== 0;
  throw new TypeError(`${String(level)} is no level: ${Object.keys(LEVELS).join(', ')}`);
}

const levelFunctions = Object.entries(LEVELS).map(([name, level]) => [name, makeLogger(level)]);

export const log = { ...Object.fromEntries(levelFunctions), enabled: isEnabled } as unknown as Log;
