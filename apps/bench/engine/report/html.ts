/**
 * Writes a run as one self-contained page: no network, no script. ECharts draws the pictures as
 * SVG; as it is large, `loadDraw` loads it only when a page is written.
 */
import type { EChartsOption } from 'echarts';
import type { Run } from '../schema.ts';
import type { Picture } from './charts.ts';
import { type Block, type Row, type Section, sectionsOf, type Table } from './document.ts';
import { markdownReport } from './markdown.ts';
import { answers } from './run-sentences.ts';
import { NARROW, styleSheet } from './style.ts';

/** Draws a picture of this size, in pixels. */
type Draw = (option: EChartsOption, width: number, height: number) => string;

export async function loadDraw(): Promise<Draw> {
  const { init } = await import('./echarts.ts');
  return (option, width, height) => {
    const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
    chart.setOption(option);
    const svg = chart.renderToSVGString();
    chart.dispose();
    return svg;
  };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (it) => entities[it]!);

export const htmlReport = (run: Run, draw: Draw): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(run.question)}</title>
<style>
${styleSheet('bench/engine/report/page.css')}</style>
</head>
<body>
<header>
<h1>${escaped(run.question)}</h1>
${answers(run)
  .map((it) => `<p class="answer">${escaped(it)}</p>`)
  .join('\n')}
</header>
<main>
${sectionsOf(run)
  .map((section) => sectionText(section, draw))
  .join('\n')}
</main>
</body>
</html>
`;

const sectionText = ({ title, as, blocks }: Section, draw: Draw): string =>
  `<section${as === undefined ? '' : ` class="${as}"`}>
<h2>${escaped(title)}</h2>
${blocks.map((block) => blockText(block, draw)).join('\n')}
</section>`;

function blockText(block: Block, draw: Draw): string {
  if ('text' in block) {
    const text = escaped(block.text);
    if (block.as === 'heading') return `<h3>${text}</h3>`;
    return block.as === 'how' ? `<p class="how">${text}</p>` : `<p>${text}</p>`;
  }
  if ('list' in block) {
    return `<ul>\n${block.list.map((it) => `<li>${escaped(it)}</li>`).join('\n')}\n</ul>`;
  }
  if ('table' in block) return tableText(block.table);
  if ('picture' in block) return figure(block.picture, draw);
  const label = escaped(block.title);
  const source = escaped(block.source.trimEnd());
  return `<pre tabindex="0" role="region" aria-label="${label}">${source}</pre>`;
}

function figure({ draw: chart, wide, caption, inWords }: Picture, draw: Draw): string {
  const label = escaped(`A chart. ${inWords}.`);
  const drawings = Object.entries({ wide, narrow: NARROW }).map(([name, width]) => {
    const { option, height } = chart(width);
    const svg = draw(option, width, height).replace(
      '<svg ',
      `<svg role="img" aria-label="${label}" `,
    );
    return `<div class="${name}">\n${svg}\n</div>`;
  });
  return `<figure>\n${drawings.join('\n')}\n<figcaption>${escaped(caption)}</figcaption>\n</figure>`;
}

/** A table in a box that scrolls, also by keys, where the table is wider than the screen. */
function tableText({ title, head, rows }: Table): string {
  const titles = ['stack', ...head].map((it) => `<th scope="col">${escaped(it)}</th>`).join('');
  const label = escaped(title);
  return `<div class="table" tabindex="0" role="region" aria-label="${label}"><table>
<caption><span>${label}</span></caption>
<thead><tr>${titles}</tr></thead>
<tbody>
${rows.map((row) => rowText(row, head)).join('\n')}
</tbody>
</table></div>`;
}

function rowText({ name, cells, note }: Row, head: readonly string[]): string {
  const header = `<th scope="row">${escaped(name)}</th>`;
  const said = `<td class="note" colspan="${head.length}">${escaped(note ?? '')}</td>`;
  if (cells.length === 0) return `<tr>${header}${said}</tr>`;
  const shown = cells.map((cell, at) => {
    // Verdicts may wrap; figures may not.
    const as = head[at] === 'verdict' ? ' class="verdict"' : '';
    return `<td${as}>${escaped(cell)}</td>`;
  });
  const after = note === null ? '' : `\n<tr><td></td>${said}</tr>`;
  return `<tr>${header}${shown.join('')}</tr>${after}`;
}

/** The files of a report, by their names: the result as JSON, Markdown and a page. */
export const reportFiles = async (run: Run): Promise<Readonly<Record<string, string>>> => ({
  'run.json': `${JSON.stringify(run, null, 1)}\n`,
  'report.md': markdownReport(run),
  'report.html': htmlReport(run, await loadDraw()),
});
