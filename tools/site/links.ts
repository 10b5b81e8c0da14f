/** Converts links between the repository's texts into links of the site, for generate.ts. */
import { posix } from 'node:path';

/** The error of a link that leads to no page. Its message has file and line of the link. */
export class BrokenLink extends Error {
  readonly code = 'BROKEN_LINK';

  constructor(source: string, line: number, target: string) {
    super(`${source}:${line}: the link to '${target}' leads to nothing`);
  }
}

/** Makes a heading's anchor, as GitHub does. */
export const makeSlug = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** Matches code (fenced, indented or inline), which contains no links. */
const CODE_PATTERN = /^(`{3,}).*\n[\s\S]*?^\1 *$|(?<=\n\n)(?: {4}.*\n)+|`[^`\n]+`/gm;
/** Matches the end of a link: `](target)`. */
const LINK_PATTERN = /(?<!\\)\]\(([^()\s]+)\)/g;
/** Matches the targets that stay: other hosts, headings of the same page, and pages of the site. */
const UNCONVERTED_PATTERN = /^([a-z]+:|#|\/)/;

/** Changes a text except its code: calls `change` with each other part, and the part's offset. */
export function changeOutsideCode(
  text: string,
  change: (part: string, offset: number) => string,
): string {
  let result = '';
  let partStart = 0;
  for (const { 0: code, index } of text.matchAll(CODE_PATTERN)) {
    result += change(text.slice(partStart, index), partStart) + code;
    partStart = index + code.length;
  }
  return result + change(text.slice(partStart), partStart);
}

/**
 * Converts the relative links of a text of the repository.
 *
 * @param source the text's path from the top of the repository
 * @param findUrl returns the page of a path from the top; undefined if there is no such path
 * @throws {BrokenLink}
 */
export function convertLinks(
  text: string,
  source: string,
  findUrl: (path: string) => string | undefined,
): string {
  // A link whose text is code has its brackets outside of the code: `[` `code` `](target)`.
  return changeOutsideCode(text, (part, offset) =>
    part.replace(LINK_PATTERN, (link, target: string, index: number) => {
      if (UNCONVERTED_PATTERN.test(target)) return link;
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
