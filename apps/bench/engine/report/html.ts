/**
 * A run as one page that needs nothing else: no network, no script. Its pictures are drawn by
 * ECharts here, as SVG. ECharts is large, so that it is loaded when a page is wanted.
 */
import type { EChartsOption } from 'echarts';
import type { Measured, Run, Workload } from '../schema.ts';
import { courseInWords, ratiosInWords, timesInWords } from './alternatives.ts';
import { breakdownOf } from './breakdown.ts';
import {
  breakdownChart,
  ecdfChart,
  histogramChart,
  ratioChart,
  type Sized,
  throughputChart,
} from './charts.ts';
import { type Column, columnsOf, noteOf } from './columns.ts';
import { HALF, NARROW, styleSheet, WIDE } from './style.ts';
import {
  allWarnings,
  answers,
  howText,
  limits,
  machineText,
  method,
  workloadTitle,
} from './words.ts';

/** Draws a picture of this size, in pixels. */
export type Draw = (option: EChartsOption, width: number, height: number) => string;

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

export function htmlReport(run: Run, draw: Draw): string {
  const compared = run.workloads.some(({ results }) => results.some((it) => it.measured?.toFirst));
  return `<!DOCTYPE html>
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
${warningsBox(allWarnings(run))}
${compared ? ratioSection(run, draw) : ''}
${run.workloads.map((workload) => workloadSection(workload, draw)).join('\n')}
<section>
<h2>How it was measured</h2>
${paragraphs(method(run))}
</section>
<section>
<h2>What it does not show</h2>
${bullets(limits(run))}
</section>
<section>
<h2>Where</h2>
${paragraphs([machineText(run.machine)])}
<p>${escaped(run.date)}: <code>${escaped(run.command.join(' '))}</code></p>
</section>
<section>
<h2>Stacks</h2>
${run.stacks.map(stackText).join('\n')}
</section>
</main>
</body>
</html>
`;
}

const paragraphs = (texts: readonly string[]): string =>
  texts.map((text) => `<p>${escaped(text)}</p>`).join('\n');

const bullets = (texts: readonly string[]): string =>
  `<ul>\n${texts.map((text) => `<li>${escaped(text)}</li>`).join('\n')}\n</ul>`;

const warningsBox = (warnings: readonly string[]): string =>
  warnings.length === 0
    ? ''
    : `<section class="warnings">\n<h2>Warnings</h2>\n${bullets(warnings)}\n</section>`;

function stackText({ name, description, volfile }: Run['stacks'][number]): string {
  const text = `<h3>${escaped(name)}</h3>\n<p>${escaped(description)}</p>`;
  if (volfile === null) return text;
  const label = escaped(`The volfile of ${name}`);
  return `${text}\n<pre tabindex="0" role="region" aria-label="${label}">${escaped(volfile.trimEnd())}</pre>`;
}

interface Picture {
  /** The chart for a width in pixels. */
  chart(width: number): Sized;
  /** The width on a wide screen; on a narrow one all have the same. */
  readonly wide: number;
  readonly caption: string;
  /** What it shows, for those who cannot see it. */
  readonly inWords: string;
}

function figure({ chart, wide, caption, inWords }: Picture, draw: Draw): string {
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

function ratioSection(run: Run, draw: Draw): string {
  const picture: Picture = {
    chart: (width) => ratioChart(run, width),
    wide: WIDE,
    caption:
      `What the median request takes in comparison with ${run.stacks[0]!.name}, and where this ` +
      'lies with 95 % confidence. Left of the dashed line is faster, right of it is slower.',
    inWords: ratiosInWords(run),
  };
  return `<section>\n<h2>In comparison</h2>\n${figure(picture, draw)}\n</section>`;
}

/** What is drawn of every workload, beside each other and below. */
function picturesOf(workload: Workload): { pair: readonly Picture[]; course: Picture } {
  return {
    pair: [
      {
        chart: (width) => ({ option: ecdfChart(workload, width), height: 320 }),
        wide: HALF,
        caption:
          'How many of a hundred requests took no longer than a time, up to the slowest ' +
          'thousandth. Farther left is faster; a steep line is steady.',
        inWords: timesInWords(workload),
      },
      {
        chart: (width) => ({ option: histogramChart(workload, width), height: 320 }),
        wide: HALF,
        caption: 'How many of a hundred requests took about a time, up to the slowest thousandth.',
        inWords: timesInWords(workload),
      },
    ],
    course: {
      chart: (width) => ({ option: throughputChart(workload, width), height: 260 }),
      wide: WIDE,
      caption: 'Requests per second in each round: whether the machine was steady.',
      inWords: courseInWords(workload),
    },
  };
}

function workloadSection(workload: Workload, draw: Draw): string {
  const measured = workload.results.some((it) => it.measured !== null);
  const { pair, course } = picturesOf(workload);
  const figures = [
    `<div class="pair">\n${pair.map((it) => figure(it, draw)).join('\n')}\n</div>`,
    breakdownFigure(workload, draw),
    figure(course, draw),
  ];
  return `<section class="workload">
<h2>${escaped(workloadTitle(workload))}</h2>
<p>${escaped(workload.description)}</p>
<p class="how">${escaped(howText(workload))}</p>
${resultsTable(workload)}
${measured ? figures.join('\n') : ''}
</section>`;
}

function breakdownFigure(workload: Workload, draw: Draw): string {
  const found = breakdownOf(workload);
  if (found === null) return '';
  const { unit, parts, rows } = found;
  const picture: Picture = {
    chart: (width) => breakdownChart(workload, width)!,
    wide: WIDE,
    caption: 'Where the time of one request goes, in the order of its way.',
    inWords: 'The table after it has the same',
  };
  const cells = rows.map(({ stack, cells }) => row(stack, cells.map(cellOf)));
  const title = `Where the time of one request goes, ${unit}: ${workloadTitle(workload)}`;
  return `${figure(picture, draw)}\n${table(title, parts, cells)}`;
}

const cellOf = (text: string): string => `<td>${escaped(text)}</td>`;

const row = (stack: string, cells: readonly string[]): string =>
  `<tr><th scope="row">${escaped(stack)}</th>${cells.join('')}</tr>`;

/** In a box of its own, in which a table that is wider than the screen is moved, also by keys. */
function table(title: string, columns: readonly string[], rows: readonly string[]): string {
  const head = ['stack', ...columns].map((it) => `<th scope="col">${escaped(it)}</th>`).join('');
  return `<div class="table" tabindex="0" role="region" aria-label="${escaped(title)}"><table>
<caption><span>${escaped(title)}</span></caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`;
}

/** A verdict is words, which may be on two lines. */
const measuredCell = ({ title, cell }: Column, measured: Measured): string =>
  `<td${title === '' ? ' class="verdict"' : ''}>${escaped(cell(measured))}</td>`;

function resultsTable(workload: Workload): string {
  const columns = columnsOf(workload);
  const rows = workload.results.map((result) => {
    const { stack, measured } = result;
    const note = noteOf(result);
    const said = `<td class="note" colspan="${columns.length}">${escaped(note ?? '')}</td>`;
    if (measured === null) return row(stack, [said]);
    const cells = columns.map((column) => measuredCell(column, measured));
    return row(stack, cells) + (note === null ? '' : `\n<tr><td></td>${said}</tr>`);
  });
  const titles = columns.map(({ title }) => (title === '' ? 'verdict' : title));
  return table(`Times of a request: ${workloadTitle(workload)}`, titles, rows);
}
