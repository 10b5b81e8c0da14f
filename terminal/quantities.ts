/** Formats times, sizes and rates in few characters, for tables and sentences. */

/** Formats nanoseconds: `12.3 µs`, `1.20 ms`, `3.00 s`. */
export function formatDuration(ns: number): string {
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  return ns < 1e9 ? `${(ns / 1e6).toFixed(2)} ms` : `${(ns / 1e9).toFixed(2)} s`;
}

/** Formats seconds: `1 h 05 min`, `3 min 20 s`, `8 s`. */
export function formatLongDuration(seconds: number): string {
  const totalS = Math.max(0, Math.round(seconds));
  const padTwoDigits = (value: number): string => String(value).padStart(2, '0');
  if (totalS >= 3600)
    return `${Math.floor(totalS / 3600)} h ${padTwoDigits(Math.floor(totalS / 60) % 60)} min`;
  return totalS >= 60
    ? `${Math.floor(totalS / 60)} min ${padTwoDigits(totalS % 60)} s`
    : `${totalS} s`;
}

/** Formats a value in its unit, in at most four characters: `1.2`, `12.3`, `123`. */
const formatScaled = (value: number): string => value.toFixed(value < 99.95 ? 1 : 0);

/** Formats microseconds in at most seven columns: `1.5us`, `2.3ms`, `1.2s`, `3min`. */
export function formatShortDuration(us: number): string {
  if (us < 999.5) return `${us.toFixed(us < 9.95 ? 1 : 0)}us`;
  if (us < 999_500) return `${formatScaled(us / 1e3)}ms`;
  return us < 99.95e6 ? `${formatScaled(us / 1e6)}s` : `${(us / 60e6).toFixed(0)}min`;
}

/** Formats seconds as an age: `5s`, `12m`, `3h`, `4d`. */
export function formatAge(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

/** Formats bytes: `512K`, `12.3M`, `1.2G`; K is 1024 bytes. */
export function formatSize(bytes: number): string {
  if (bytes < 1024 ** 2) return `${Math.ceil(bytes / 1024)}K`;
  return bytes < 1023.5 * 1024 ** 2
    ? `${formatScaled(bytes / 1024 ** 2)}M`
    : `${formatScaled(bytes / 1024 ** 3)}G`;
}

/** Formats events per second: `0`, `0.5`, `12`, `1234`, `12.3k`. */
export function formatRate(perS: number): string {
  if (perS === 0) return '0';
  if (perS < 10) return perS < 0.05 ? '<0.1' : perS.toFixed(1);
  if (perS < 9999.5) return perS.toFixed(0);
  return perS < 999_500 ? `${formatScaled(perS / 1e3)}k` : `${formatScaled(perS / 1e6)}M`;
}

/** Formats a time in the local zone: `2026-01-31 12:34:56`. @param ms milliseconds since 1970 */
export function formatLocalTime(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}
