/**
 * What a volfile says to a client on another machine: everything but the names and passwords that it
 * is to introduce itself with, and comments, which may have some in them. Who comes from this machine
 * is told all of it, as by GlusterFS's management daemon.
 */
import { isSecret } from '../../runtime/core/secrets.ts';
import { parse, type Statement } from '../../runtime/volfile/volfile.gen.js';
import { needs } from '../../runtime/volfile/words.ts';

const isForFriends = (key: string): boolean => key === 'username' || isSecret(key);

const isFlawed = ({ words }: Statement): boolean => words.some(({ flaws }) => flaws.length > 0);

/** Null when nobody can tell what in it is a password: a text that does not end, for one. */
export function forStrangers(text: string): string | null {
  const statements = parse(text);
  if (statements.some(isFlawed)) return null;
  const lines = statements.flatMap(({ keyword, words }) => {
    if (keyword === undefined) return [];
    if (keyword === 'option' && isForFriends(words[0]?.text ?? '')) return [];
    // What else stands there belongs to nothing.
    const own = keyword === 'subvolumes' ? words : words.slice(0, needs[keyword].length);
    return [[keyword, ...own.map(({ start, end }) => text.slice(start, end))].join(' ')];
  });
  return `${lines.join('\n')}\n`;
}
