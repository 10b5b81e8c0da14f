/**
 * Formats a run as one self-contained page, without network and scripts, and makes the files of a
 * report's folder. ECharts draws the pictures as SVG; it is large, so it is loaded only for a page.
 */
import type { EChartsOption } from 'echarts';
import type { Run } from '../schema.ts';
import type { Picture } from './charts.ts';
import { type Block, makeSections, type Row, type Section, type Table } from './document.ts';
import { formatMarkdown } from './markdown.ts';
import { formatSummary } from './run-sentences.ts';
import { NARROW_PX, readStyleSheets } from './style.ts';

/** Draws a picture as SVG. Width and height are in pixels. */
type DrawSvg = (option: EChartsOption, width: number, height: number) => string;

/** Loads ECharts, and returns the function that draws with it. */
export async function loadSvgRenderer(): Promise<DrawSvg> {
  const { init } = await import('./echarts.ts');
  return (option, width, height) => {
    const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
    chart.setOption(option);
    const svg = chart.renderToSVGString();
    chart.dispose();
    return svg;
  };
}

/** The entities of the characters that HTML reserves. */
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
/** Escapes a text for an element, or for an attribute in double quotes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => entities[character]!);

/** Formats the whole page. */
export const formatHtml = (run: Run, drawSvg: DrawSvg): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(run.question)}</title>
<style>
${readStyleSheets('bench/engine/report/page.css')}</style>
</head>
<body>
<header>
<h1>${escapeHtml(run.question)}</h1>
${formatSummary(run)
  .map((text) => `<p class="answer">${escapeHtml(text)}</p>`)
  .join('\n')}
</header>
<main>
${makeSections(run)
  .map((section) => formatSection(section, drawSvg))
  .join('\n')}
</main>
</body>
</html>
`;

/** Formats a section with its heading. */
const formatSection = ({ title, style: cssClass, blocks }: Section, drawSvg: DrawSvg): string =>
  `<section${cssClass === undefined ? '' : ` class="${cssClass}"`}>
<h2>${escapeHtml(title)}</h2>
${blocks.map((block) => formatBlock(block, drawSvg)).join('\n')}
</section>`;

/** Formats a block of a section. */
function formatBlock(block: Block, drawSvg: DrawSvg): string {
  if ('text' in block) {
    const text = escapeHtml(block.text);
    if (block.style === 'heading') return `<h3>${text}</h3>`;
    return block.style === 'how' ? `<p class="how">${text}</p>` : `<p>${text}</p>`;
  }
  if ('list' in block) {
    return `<ul>\n${block.list.map((text) => `<li>${escapeHtml(text)}</li>`).join('\n')}\n</ul>`;
  }
  if ('table' in block) return formatTable(block.table);
  if ('picture' in block) return formatFigure(block.picture, drawSvg);
  const label = escapeHtml(block.title);
  const source = escapeHtml(block.source.trimEnd());
  return `<pre tabindex="0" role="region" aria-label="${label}">${source}</pre>`;
}

/** Formats a picture in two widths; the style sheet shows one of them. */
function formatFigure(
  { makeOption, wideWidth, caption, description }: Picture,
  drawSvg: DrawSvg,
): string {
  const label = escapeHtml(`A chart. ${description}.`);
  const widths = { wide: wideWidth, narrow: NARROW_PX };
  const drawings = Object.entries(widths).map(([name, width]) => {
    const { option, height } = makeOption(width);
    const svg = drawSvg(option, width, height).replace(
      '<svg ',
      `<svg role="img" aria-label="${label}" `,
    );
    return `<div class="${name}">\n${svg}\n</div>`;
  });
  return `<figure>\n${drawings.join('\n')}\n<figcaption>${escapeHtml(caption)}</figcaption>\n</figure>`;
}

/** Formats a table in a box that scrolls, also by keys, if the table is wider than the screen. */
function formatTable({ title, head, rows }: Table): string {
  const titles = ['stack', ...head]
    .map((text) => `<th scope="col">${escapeHtml(text)}</th>`)
    .join('');
  const label = escapeHtml(title);
  return `<div class="table" tabindex="0" role="region" aria-label="${label}"><table>
<caption><span>${label}</span></caption>
<thead><tr>${titles}</tr></thead>
<tbody>
${rows.map((row) => formatRow(row, head)).join('\n')}
</tbody>
</table></div>`;
}

/** Formats a row; its note takes the place of missing cells, or a row of its own. */
function formatRow({ name, cells, note }: Row, head: readonly string[]): string {
  const header = `<th scope="row">${escapeHtml(name)}</th>`;
  const noteCell = `<td class="note" colspan="${head.length}">${escapeHtml(note ?? '')}</td>`;
  if (cells.length === 0) return `<tr>${header}${noteCell}</tr>`;
  const valueCells = cells.map((cell, column) => {
    // Verdicts may wrap; figures may not.
    const classAttribute = head[column] === 'verdict' ? ' class="verdict"' : '';
    return `<td${classAttribute}>${escapeHtml(cell)}</td>`;
  });
  const noteRow = note === null ? '' : `\n<tr><td></td>${noteCell}</tr>`;
  return `<tr>${header}${valueCells.join('')}</tr>${noteRow}`;
}

/** Makes the files of a report, by their names: the result as JSON, Markdown and a page. */
export const makeReportFiles = async (run: Run): Promise<Readonly<Record<string, string>>> => ({
  'run.json': `${JSON.stringify(run, null, 1)}\n`,
  'report.md': formatMarkdown(run),
  'report.html': formatHtml(run, await loadSvgRenderer()),
});
