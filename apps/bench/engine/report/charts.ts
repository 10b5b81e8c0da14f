/**
 * Builds the pictures of a bench report as options of ECharts
 * (https://echarts.apache.org/en/option.html): lines between points, over a logarithmic axis. Every
 * stack has a colour, a dash and a symbol, for readers on paper or with colour blindness.
 */
import type { EChartsOption, LineSeriesOption } from 'echarts';
import { formatDuration } from '../../../../terminal/quantities.ts';
import { formatFactor, formatInterval } from '../comparison-text.ts';
import { formatWorkloadTitle } from '../placement.ts';
import type { Measurement, Run, Workload } from '../schema.ts';
import { GRID, INK, PAPER, WIDE_PX } from './style.ts';

/** Okabe and Ito's colours for colour-blind readers, without the yellow, which is pale on paper. */
const palette = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'];
/** Dashes of the lines: lengths of strokes and gaps in pixels. */
const dashes: readonly (number[] | 'solid')[] = [
  'solid',
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [14, 4],
  [5, 2],
];
/** ECharts' names of the symbols that mark points. */
const symbols = [
  ...['circle', 'rect', 'triangle', 'diamond'],
  ...['emptyCircle', 'emptyRect', 'emptyTriangle'],
];

/** Fonts, in single quotes because the SVG has them in a double-quoted attribute. */
const FONT = "system-ui, 'DejaVu Sans', sans-serif";

/** Picks the item at an index; after the last item, the first one follows. */
const pickCyclic = <T>(items: readonly T[], index: number): T => items[index % items.length]!;

/** A picture of a report. */
export interface Picture {
  /** Makes the option from which ECharts draws the picture. @param width in pixels */
  makeOption(width: number): SizedOption;
  /** Width in pixels on a wide screen. On a narrow screen, all pictures have NARROW_PX. */
  readonly wideWidth: number;
  readonly caption: string;
  /** The description for readers who cannot see the picture. */
  readonly description: string;
}

/** An option of ECharts, and the height of its picture in pixels. */
export interface SizedOption {
  readonly option: EChartsOption;
  readonly height: number;
}

// -- the chart of every picture ------------------------------------------------------------------

/** The line of a stack. */
interface Line {
  readonly name: string;
  /** Number of the stack, from 0: decides colour, dash and symbol. */
  readonly stackIndex: number;
  /** The points from left to right; null interrupts the line. */
  readonly points: readonly (Point | null)[];
}

/** A point of a line, in the units of the axes. */
interface Point {
  readonly x: number;
  readonly y: number;
  /** Whether the stack's symbol marks the point; default false. */
  readonly hasSymbol?: boolean;
}

/** The content of a chart, from which `makeChartOption` makes an option of ECharts. */
interface Chart {
  readonly lines: readonly Line[];
  /** The logarithmic axis. */
  readonly x: { readonly title: string; readonly low: number; readonly high: number };
  /** Formats a value of `x` for its ticks. */
  format(value: number): string;
  /** The linear axis. */
  readonly y: { readonly name?: string; readonly min: number; readonly max: number };
  /** Labels of the y axis, from the top, for the values 0, 1, …; absent: `y` shows numbers. */
  readonly rowTitles?: readonly string[];
  /** Pixels at the left for the labels of `y`. */
  readonly left: number;
  /** Pixels of the plot, without legend and axis. */
  readonly height: number;
}

/**
 * The ratio of its ends from which on an axis has ticks at 1, 2, 5, 10, …; below, it has ticks in
 * equal steps.
 */
const LOG_TICKS_RATIO_MIN = 10;

/** Tolerance for rounding errors when ticks are compared with the ends of an axis. */
const TOLERANCE = 1e-9;

/** Drops the rounding errors of multiplications. */
const dropRoundingError = (value: number): number => Number(value.toPrecision(12));

/** Lists the whole numbers from `from` to `to`, both included. */
const listIntegers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/**
 * Returns about six round values from `low` to `high`, both above 0. (ECharts' own logarithmic axes
 * have ticks at powers of ten alone, so the charts draw logarithms on a linear axis.)
 */
export function listRoundTicks(low: number, high: number): number[] {
  if (high / low < LOG_TICKS_RATIO_MIN) {
    const leastStep = (high - low) / 6;
    const power = 10 ** Math.floor(Math.log10(leastStep));
    const mantissa = [1, 2, 5, 10].find((value) => value * power >= leastStep * (1 - TOLERANCE))!;
    const step = mantissa * power;
    return listIntegers(Math.ceil(low / step - TOLERANCE), Math.floor(high / step + TOLERANCE)).map(
      (count) => dropRoundingError(count * step),
    );
  }
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  // Over many powers of ten, the powers are enough, and there is no room for more.
  const mantissas = last - first > 3 ? [1] : [1, 2, 5];
  return listIntegers(first, last)
    .flatMap((power) => mantissas.map((mantissa) => dropRoundingError(mantissa * 10 ** power)))
    .filter((value) => value >= low * (1 - TOLERANCE) && value <= high * (1 + TOLERANCE));
}

/** Formats a tick; three digits suffice to distinguish neighbours. */
const formatTick = (value: number): string => String(Number(value.toPrecision(3)));

/** The style of all texts. */
const inkTextStyle = { color: INK, fontSize: 12 };

/**
 * Makes the settings that both axes share, with ticks at these values or where ECharts puts them.
 */
const makeAxis = (format: (value: number) => string, customValues?: readonly number[]) => ({
  type: 'value' as const,
  nameLocation: 'middle' as const,
  nameTextStyle: inkTextStyle,
  axisLine: { show: true, onZero: false, lineStyle: { color: INK } },
  axisTick: { show: true, ...(customValues && { customValues: [...customValues] }) },
  axisLabel: {
    color: INK,
    // In narrow pictures, labels would overlap.
    hideOverlap: true,
    formatter: format,
    ...(customValues && { customValues: [...customValues] }),
  },
});

/** Pixels of a line's sample in a legend. */
const LEGEND_LINE_WIDTH = 44;
/** Pixels between a name in a legend and the next sample, or the next row. */
const LEGEND_ITEM_GAP = 18;
/** Estimated width of a letter in a legend. */
const LETTER_WIDTH = 5.6;
/** Estimated pixels between a sample and its name. */
const NAME_GAP = 5;
/** Estimated height of a legend's row. */
const LEGEND_ROW_HEIGHT = 14 + LEGEND_ITEM_GAP;
/** Pixels below the plot, for the labels and the title of the x axis. */
const AXIS_HEIGHT = 46;

/** Returns the height of a legend in pixels; its names may take several rows. */
function computeLegendHeight(names: readonly string[], width: number): number {
  let rowCount = 1;
  let rowWidth = 0;
  for (const name of names) {
    const itemWidth = LEGEND_LINE_WIDTH + NAME_GAP + LETTER_WIDTH * name.length;
    if (rowWidth > 0 && rowWidth + itemWidth > width) {
      rowCount++;
      rowWidth = 0;
    }
    rowWidth += itemWidth + LEGEND_ITEM_GAP;
  }
  // The 2 pixels are a margin.
  return 2 + rowCount * LEGEND_ROW_HEIGHT;
}

/** Makes ECharts' series of a line. */
const makeSeries = ({ name, stackIndex, points }: Line): LineSeriesOption => ({
  type: 'line',
  name,
  silent: true,
  color: pickCyclic(palette, stackIndex),
  lineStyle: { type: pickCyclic(dashes, stackIndex), width: 2 },
  // When the colours repeat, the symbols shift by one, so no two stacks have the same pair.
  symbol: pickCyclic(symbols, stackIndex + Math.floor(stackIndex / palette.length)),
  symbolSize: 8,
  showAllSymbol: true,
  data: points.map((point) => {
    // ECharts' value for a gap in a line.
    if (point === null) return '-';
    const value = [Math.log10(point.x), point.y];
    return point.hasSymbol ? { value } : { value, symbol: 'none' };
  }),
});

/** Makes the option of ECharts for a chart. @param width in pixels */
function makeChartOption(
  { lines, x, y, format, left, height, rowTitles }: Chart,
  width: number,
): SizedOption {
  const names = lines.map(({ name }) => name);
  const top = computeLegendHeight(names, width);
  const tickLogs = listRoundTicks(x.low, x.high).map(Math.log10);
  const formatYTick = (value: number): string => rowTitles?.[value] ?? formatTick(value);
  const yAxis = makeAxis(formatYTick, rowTitles && [...rowTitles.keys()]);
  const option: EChartsOption = {
    // The pictures are static SVG.
    animation: false,
    backgroundColor: PAPER,
    textStyle: { fontFamily: FONT, ...inkTextStyle },
    legend: {
      ...{ top: 0, left: 'center', itemWidth: LEGEND_LINE_WIDTH, itemGap: LEGEND_ITEM_GAP },
      textStyle: inkTextStyle,
      data: names,
    },
    // The right margin has room for a label at the end of the x axis.
    grid: { left, right: 30, top, bottom: AXIS_HEIGHT },
    xAxis: {
      ...makeAxis((exponent) => format(10 ** exponent), tickLogs),
      ...{ name: x.title, nameGap: 28, min: Math.log10(x.low), max: Math.log10(x.high) },
      splitLine: { show: false },
    },
    yAxis: {
      ...yAxis,
      ...y,
      nameGap: left - 22,
      splitLine: { lineStyle: { color: GRID } },
      ...(rowTitles && {
        inverse: true,
        axisTick: { show: false },
        axisLabel: { ...yAxis.axisLabel, width: left - 15, overflow: 'break' as const },
      }),
    },
    series: [...lines.map(makeSeries), ...(rowTitles ? [makeUnityLine(y)] : [])],
  };
  return { option, height: top + height + AXIS_HEIGHT };
}

/** Makes a dashed line at the ratio 1, whose logarithm is 0. */
const makeUnityLine = ({ min, max }: Chart['y']): LineSeriesOption => ({
  type: 'line',
  silent: true,
  color: INK,
  symbol: 'none',
  lineStyle: { type: 'dashed', width: 1 },
  data: [min, max].map((bound) => [0, bound]),
});

// -- the pictures --------------------------------------------------------------------------------

/** A stack with results, and its number from 0. */
interface ChartedStack {
  readonly name: string;
  readonly stackIndex: number;
  readonly measured: Measurement;
}

/** Lists the stacks with results. */
const listChartedStacks = ({ results }: Workload): ChartedStack[] =>
  results.flatMap(({ stack: name, measured }, stackIndex) =>
    measured === null ? [] : [{ name, stackIndex, measured }],
  );

/** The picture omits the slowest thousandth of the requests, which would squeeze the rest. */
const SHOWN_PERCENT = 99.9;

/**
 * Makes the picture of a workload, the empirical cumulative distribution function: for each time,
 * the share of requests that took at most that.
 */
export function makeEcdfChart(workload: Workload): Picture {
  const measuredStacks = listChartedStacks(workload);
  const distributions = measuredStacks.map(({ measured }) => measured.latency);
  const low = Math.max(1, Math.min(...distributions.map(({ min }) => min)));
  // The axis has some width even if all times are equal.
  const high = Math.max(...distributions.map((value) => value['p99.9']), low * 1.2);
  const lines = measuredStacks.map(({ name, stackIndex, measured }) => ({
    ...{ name, stackIndex },
    points: measured.latency.quantiles
      .filter(([percent]) => percent <= SHOWN_PERCENT)
      .map(([percent, ns]) => ({
        ...{ x: Math.max(1, ns), y: percent },
        // Symbols stand at every tenth percent, shifted for each stack, so that none hides another.
        hasSymbol: (percent + 3 * stackIndex) % 10 === 0,
      })),
  }));
  const chart = {
    lines,
    // The axis extends a little beyond the points.
    x: { title: 'time of a request, µs', low: low * 0.95, high: high * 1.05 },
    format: (ns: number) => formatTick(ns / 1e3),
    y: { name: 'requests, %', min: 0, max: 100 },
    ...{ left: 60, height: 240 },
  };
  return {
    makeOption: (width) => makeChartOption(chart, width),
    wideWidth: WIDE_PX,
    caption:
      'How many of a hundred requests took no longer than a time, up to the slowest thousandth. ' +
      'Farther left is faster; a steep line is steady.',
    description: measuredStacks
      .map(({ name, measured: { latency } }) => {
        const [p50, p90, p99] = [latency.p50, latency.p90, latency.p99].map(formatDuration);
        return `${name} half within ${p50}, 90 % within ${p90}, 99 % within ${p99}`;
      })
      .join('; '),
  };
}

/** Minimum height in pixels of a workload's row. */
const ROW_HEIGHT_MIN = 44;
/** Pixels between the lines of two stacks in a row. */
const LANE_HEIGHT = 13;
/** Pixels above and below the lines of a row, both together. */
const ROW_MARGIN = 18;

/** Makes the picture of all ratios to the first stack: a row for each workload, with intervals. */
export function makeRatioChart({ stacks, workloads }: Run): Picture {
  const listRatios = (stackIndex: number) =>
    workloads.flatMap(({ results }, row) => {
      const comparison = results[stackIndex]?.measured?.toFirst;
      return comparison ? [{ row, comparison }] : [];
    });
  const comparedStacks = stacks
    .map(({ name }, stackIndex) => ({ name, stackIndex, ratios: listRatios(stackIndex) }))
    .filter(({ ratios }) => ratios.length > 0);
  const comparisons = comparedStacks.flatMap(({ ratios }) =>
    ratios.map(({ comparison }) => comparison),
  );
  const rowHeight = Math.max(ROW_HEIGHT_MIN, comparedStacks.length * LANE_HEIGHT + ROW_MARGIN);
  const lines = comparedStacks.map(({ name, stackIndex, ratios }, i) => ({
    ...{ name, stackIndex },
    points: ratios.flatMap(({ row, comparison: { low, ratio, high } }) => {
      // The lines of a row lie around its middle.
      const y = row + ((i - (comparedStacks.length - 1) / 2) * LANE_HEIGHT) / rowHeight;
      return [{ x: low, y }, { x: ratio, y, hasSymbol: true }, { x: high, y }, null];
    }),
  }));
  const chart = {
    lines,
    // The axis contains the ratio 1, and extends a little beyond the points.
    x: {
      title: `time of the median request, × ${stacks[0]!.name}`,
      low: Math.min(0.95, ...comparisons.map(({ low }) => low)) * 0.98,
      high: Math.max(1.05, ...comparisons.map(({ high }) => high)) * 1.02,
    },
    format: formatTick,
    y: { min: -0.5, max: workloads.length - 0.5 },
    rowTitles: workloads.map(formatWorkloadTitle),
    height: workloads.length * rowHeight,
  };
  return {
    // Longer names wrap.
    makeOption: (width) =>
      makeChartOption({ ...chart, left: Math.min(205, Math.round(width / 3)) }, width),
    wideWidth: WIDE_PX,
    caption:
      `What the median request takes in comparison with ${stacks[0]!.name}, and where this ` +
      'lies with 95 % confidence. Left of the dashed line is faster, right of it is slower.',
    description: workloads
      .flatMap((workload) => {
        const compared = listChartedStacks(workload).flatMap(({ name, measured: { toFirst } }) =>
          toFirst ? [`${name} ${formatFactor(toFirst.ratio)} ${formatInterval(toFirst)}`] : [],
        );
        return compared.length === 0
          ? []
          : [`${formatWorkloadTitle(workload)}: ${compared.join(', ')}`];
      })
      .join('; '),
  };
}
