/**
 * A run as one page that needs nothing else: no network, no script. Its pictures are drawn by
 * ECharts here, as SVG. ECharts is an optional package and large, so that it is loaded when a page
 * is wanted.
 */
import type { EChartsOption } from 'echarts';
import type { Measured, Run, Workload } from '../schema.ts';
import {
  breakdownChart,
  ecdfChart,
  histogramChart,
  ratioChart,
  throughputChart,
} from './charts.ts';
import { type Column, columnsOf, noteOf } from './columns.ts';
import { pageStyle } from './style.ts';
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

/** What draws is not installed. The message says what to install. */
export class ChartsMissing extends Error {
  readonly code = 'GLOSSA_CHARTS_MISSING';

  constructor() {
    super("the page's pictures need the package echarts: npm install echarts");
    this.name = 'ChartsMissing';
  }
}

/** @throws {ChartsMissing} */
export async function loadDraw(load = () => import('echarts')): Promise<Draw> {
  const echarts = await load().catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_MODULE_NOT_FOUND') throw new ChartsMissing();
    throw error;
  });
  return (option, width, height) => {
    const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
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

const WIDE = 960;
const HALF = 470;

export function htmlReport(run: Run, draw: Draw): string {
  const ratios = ratioChart(run);
  const compared = run.workloads.some(({ results }) => results.some((it) => it.measured?.toFirst));
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(run.question)}</title>
<style>
${pageStyle}
</style>
</head>
<body>
<header>
<h1>${escaped(run.question)}</h1>
${answers(run)
  .map((it) => `<p class="answer">${escaped(it)}</p>`)
  .join('\n')}
${warningsBox(allWarnings(run))}
</header>
${compared ? ratioFigure(run, draw(ratios.option, WIDE, ratios.height)) : ''}
${run.workloads.map((workload) => workloadSection(workload, draw)).join('\n')}
<section>
<h2>How it was measured</h2>
${paragraphs(method(run))}
<h2>What it does not show</h2>
${bullets(limits(run))}
<h2>Where</h2>
${paragraphs([machineText(run.machine)])}
<p>${escaped(run.date)}: <code>${escaped(run.command.join(' '))}</code></p>
</section>
<section>
<h2>Stacks</h2>
${run.stacks
  .map(
    ({ name, description, volfile }) =>
      `<h3>${escaped(name)}</h3>\n<p>${escaped(description)}</p>` +
      (volfile === null ? '' : `\n<pre>${escaped(volfile.trimEnd())}</pre>`),
  )
  .join('\n')}
</section>
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
    : `<div class="warnings">\n<strong>Warnings</strong>\n${bullets(warnings)}\n</div>`;

const figure = (svg: string, caption: string): string =>
  `<figure>\n${svg.replace('<svg ', `<svg role="img" aria-label="${escaped(caption)}" `)}\n` +
  `<figcaption>${escaped(caption)}</figcaption>\n</figure>`;

const ratioFigure = (run: Run, svg: string): string =>
  `<section>\n<h2>In comparison</h2>\n${figure(
    svg,
    `What the median request takes in comparison with ${run.stacks[0]!.name}, and where this ` +
      'lies with 95 % confidence. Left of the dashed line is faster, right of it is slower.',
  )}\n</section>`;

function workloadSection(workload: Workload, draw: Draw): string {
  const half = (chart: typeof ecdfChart): string => draw(chart(workload, HALF), HALF, 320);
  const breakdown = breakdownChart(workload);
  const measured = workload.results.some((it) => it.measured !== null);
  const figures = [
    '<div class="pair">',
    figure(
      half(ecdfChart),
      'How many of a hundred requests took no longer than a time, up to the slowest thousandth. ' +
        'Farther left is faster; a steep line is steady.',
    ),
    figure(
      half(histogramChart),
      'How many of a hundred requests took about a time, up to the slowest thousandth.',
    ),
    '</div>',
    ...(breakdown === null
      ? []
      : [
          figure(
            draw(breakdown.option, WIDE, breakdown.height),
            'Where the time of one request goes, in the order of its way.',
          ),
        ]),
    figure(
      draw(throughputChart(workload, WIDE), WIDE, 260),
      'Requests per second in each round: whether the machine was steady.',
    ),
  ];
  return `<section class="workload">
<h2>${escaped(workloadTitle(workload))}</h2>
<p>${escaped(workload.description)}</p>
<p class="how">${escaped(howText(workload))}</p>
${table(workload)}
${measured ? figures.join('\n') : ''}
</section>`;
}

/** A verdict is words, which may be on two lines. */
const cellOf = ({ title, cell }: Column, measured: Measured): string =>
  `<td${title === '' ? ' class="verdict"' : ''}>${escaped(cell(measured))}</td>`;

function table(workload: Workload): string {
  const columns = columnsOf(workload);
  const head = columns.map(({ title }) => `<th scope="col">${escaped(title)}</th>`).join('');
  const rows = workload.results.map((result) => {
    const { stack, measured } = result;
    const note = noteOf(result);
    const cells =
      measured === null
        ? `<td class="note" colspan="${columns.length}">${escaped(note!)}</td>`
        : columns.map((column) => cellOf(column, measured)).join('');
    const early =
      measured === null || note === null
        ? ''
        : `\n<tr><td></td><td class="note" colspan="${columns.length}">${escaped(note)}</td></tr>`;
    return `<tr><th scope="row">${escaped(stack)}</th>${cells}</tr>${early}`;
  });
  return `<div class="table"><table>
<thead><tr><th></th>${head}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`;
}
