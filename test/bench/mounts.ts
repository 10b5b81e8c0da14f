/** What is mounted, from /proc/self/mountinfo: asking there never touches a mount that may hang. */
import { readFileSync } from 'node:fs';

const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));

/** Absolute paths of all mount points, the newest last; see proc(5). */
export const mountPoints = (): string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const path = line.split(' ')[4];
      return path === undefined ? [] : [unescapeOctal(path)];
    });

export const isMounted = (path: string): boolean => mountPoints().includes(path);
