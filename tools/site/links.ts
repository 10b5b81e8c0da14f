/** Links between the repository's texts, and what becomes of them on the site. Pure functions. */
import { posix } from 'node:path';

/** What a link cannot be followed to; says where it stands. */
export class BrokenLink extends Error {
  readonly code = 'BROKEN_LINK';

  constructor(source: string, line: number, target: string) {
    super(`${source}:${line}: the link to '${target}' leads to nothing`);
  }
}

/** A heading's anchor, as Markdown's readers of repositories make it. */
export const slugOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** A block of code, between fences or indented, or some in a line: there is no link in them. */
const CODE = /^(`{3,}).*\n[\s\S]*?^\1 *$|(?<=\n\n)(?: {4}.*\n)+|`[^`\n]+`/gm;
const LINK = /(?<!\\)\]\(([^()\s]+)\)/g;
/** What is somewhere else, on the same page, or the site's already. */
const ELSEWHERE = /^([a-z]+:|#|\/)/;

/** Calls `change` with all that is no code, and where it begins. */
export function outsideOfCode(
  text: string,
  change: (part: string, offset: number) => string,
): string {
  let result = '';
  let from = 0;
  for (const { 0: code, index } of text.matchAll(CODE)) {
    result += change(text.slice(from, index), from) + code;
    from = index + code.length;
  }
  return result + change(text.slice(from), from);
}

/**
 * A text of the repository with its links made the site's.
 *
 * @param urlOf the page of a path from the top of the repository; undefined when there is no such path
 * @throws {BrokenLink}
 */
export function relink(
  text: string,
  source: string,
  urlOf: (path: string) => string | undefined,
): string {
  // In code that is the text of a link, the brackets are outside of it: `[` `code` `](target)`.
  return outsideOfCode(text, (part, offset) =>
    part.replace(LINK, (link, target: string, index: number) => {
      if (ELSEWHERE.test(target)) return link;
      const [path, anchor] = target.split('#', 2) as [string, string?];
      const url = urlOf(posix.join(posix.dirname(source), path).replace(/\/$/, ''));
      if (url === undefined) {
        const line = text.slice(0, offset + index).split('\n').length;
        throw new BrokenLink(source, line, target);
      }
      return `](${url}${anchor === undefined ? '' : `#${anchor}`})`;
    }),
  );
}
