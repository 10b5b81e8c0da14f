/** Converts links between the repository's texts into links of the site. Pure functions. */
import { posix } from 'node:path';

/** A link leads to no page; the message has its file and line. */
export class BrokenLink extends Error {
  readonly code = 'BROKEN_LINK';

  constructor(source: string, line: number, target: string) {
    super(`${source}:${line}: the link to '${target}' leads to nothing`);
  }
}

/** A heading's anchor, as GitHub makes it. */
export const makeSlug = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** Code, fenced, indented or inline, which contains no links. */
const CODE = /^(`{3,}).*\n[\s\S]*?^\1 *$|(?<=\n\n)(?: {4}.*\n)+|`[^`\n]+`/gm;
const LINK = /(?<!\\)\]\(([^()\s]+)\)/g;
/** Links to other hosts, on the same page, or already of the site. */
const ELSEWHERE = /^([a-z]+:|#|\/)/;

/** Calls `change` with each part that is no code, and its offset. */
export function changeOutsideCode(
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
 * Converts the links of a text of the repository.
 *
 * @param findUrl the page of a path from the top of the repository; undefined when there is no such path
 * @throws {BrokenLink}
 */
export function convertLinks(
  text: string,
  source: string,
  findUrl: (path: string) => string | undefined,
): string {
  // A link whose text is code has its brackets outside of the code: `[` `code` `](target)`.
  return changeOutsideCode(text, (part, offset) =>
    part.replace(LINK, (link, target: string, index: number) => {
      if (ELSEWHERE.test(target)) return link;
      const [path, anchor] = target.split('#', 2) as [string, string?];
      const url = findUrl(posix.join(posix.dirname(source), path).replace(/\/$/, ''));
      if (url === undefined) {
        const line = text.slice(0, offset + index).split('\n').length;
        throw new BrokenLink(source, line, target);
      }
      return `](${url}${anchor === undefined ? '' : `#${anchor}`})`;
    }),
  );
}
