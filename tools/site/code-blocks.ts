/**
 * Adds languages, pictures of volfiles and playground links to the code blocks of a text.
 * generate.ts calls it for each page.
 */
import { createHash } from 'node:crypto';
import { toPlainVolumes } from '../../runtime/volfile/description.ts';
import { renderSvg } from '../../runtime/volfile/render/svg.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { inspectVolfile } from '../../runtime/volfile/volfile.ts';

/** Matches a code block between fences; the groups are its language and its code. */
const FENCED_BLOCK_PATTERN = /^```(\w*)\n([\s\S]*?)^``` *$/gm;
/** Matches an indented code block, with the empty lines in it. */
const INDENTED_BLOCK_PATTERN = /(?<=\n\n)(?: {4}.*\n|\n(?= {4}))+/g;
/** Matches code that is a volfile. */
const VOLFILE_PATTERN = /^ *volume \S+$/m;

/** A picture of a volfile's graph, with its file name. */
export interface Picture {
  readonly name: string;
  readonly svg: string;
}

/** The additions to the code blocks of a page. */
export interface BlockAdditions {
  /** Receives the drawn pictures, by name. */
  readonly pictures: Map<string, Picture>;
  /**
   * Makes a link, in Markdown, that runs a module in the playground; undefined where it cannot run.
   */
  makeRunLink(language: string, text: string): string | undefined;
}

/** Adds a language and a picture to each volfile, and a playground link to each module. */
export function extendCodeBlocks(text: string, additions: BlockAdditions): string {
  const unindented = text.replace(INDENTED_BLOCK_PATTERN, (block) => {
    if (!VOLFILE_PATTERN.test(block) || /^ *```/m.test(block)) return block;
    return `\`\`\`\n${block.replace(/^ {4}/gm, '').trimEnd()}\n\`\`\`\n\n`;
  });
  return unindented.replace(
    FENCED_BLOCK_PATTERN,
    (block, language: string, code: string, offset: number) => {
      if (language === '' && VOLFILE_PATTERN.test(code)) {
        const isDrawn = /^\s*!\[/.test(unindented.slice(offset + block.length));
        return formatVolfileBlock(code, additions, isDrawn);
      }
      const link = additions.makeRunLink(language, code);
      return link === undefined ? block : `${block}\n\n${link}\n`;
    },
  );
}

/**
 * Formats a volfile as a code block, with a picture.
 * @param isDrawn whether the text has a picture of it already
 */
function formatVolfileBlock(code: string, { pictures }: BlockAdditions, isDrawn: boolean): string {
  const block = `\`\`\`volfile\n${code}\`\`\``;
  const picture = isDrawn ? undefined : drawGraph(code);
  if (picture === undefined) return block;
  const name = `${createHash('sha256').update(picture.svg).digest('hex').slice(0, 12)}.svg`;
  pictures.set(name, { name, svg: picture.svg });
  return `${block}\n\n![${picture.alt}](/pictures/${name})\n`;
}

/** Draws a complete volfile of at least two volumes; undefined for other code. */
export function drawGraph(code: string): { svg: string; alt: string } | undefined {
  const { description } = inspectVolfile(new Source('shown.vol', code), {});
  if (!description) return undefined;
  const volumes = toPlainVolumes(description);
  if (volumes.length < 2) return undefined;
  const names = volumes.map(({ name }) => name).reverse();
  return { svg: renderSvg(volumes), alt: `The graph, from the top: ${names.join(', ')}` };
}
