/** Lines in the volume's log. */
import { KIND_LOG, say, sayPlace, sayText } from './messages';

// GlusterFS's levels.
export const CRITICAL = 3;
export const ERROR = 4;
export const WARNING = 5;
export const NOTICE = 6;
export const INFO = 7;
export const DEBUG = 8;
export const TRACE = 9;

let volumeLevel: i32 = INFO;

export function setLevel(level: i32): void {
  volumeLevel = level;
}

/** Whether the log has lines of this level, such as `log.DEBUG`. */
export function enabled(level: i32): bool {
  return level <= volumeLevel;
}

/** Writes a line, if the log has lines of this level. */
export function line(level: i32, text: string): void {
  if (!enabled(level)) return;
  say(KIND_LOG);
  sayPlace();
  say(level);
  sayText(text);
}

export function critical(text: string): void {
  line(CRITICAL, text);
}

export function error(text: string): void {
  line(ERROR, text);
}

export function warning(text: string): void {
  line(WARNING, text);
}

export function notice(text: string): void {
  line(NOTICE, text);
}

export function info(text: string): void {
  line(INFO, text);
}

export function debug(text: string): void {
  line(DEBUG, text);
}

export function trace(text: string): void {
  line(TRACE, text);
}
