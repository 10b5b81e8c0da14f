/**
 * The pictures of a report, as options of ECharts (https://echarts.apache.org/en/option.html).
 *
 * They are to be read on paper and by people who see few colours: the colours are those of Okabe
 * and Ito, and every stack has a dash and a symbol besides its colour, every part a pattern.
 */
import type { EChartsOption, LineSeriesOption } from 'echarts';
import { binsOf } from '../histogram.ts';
import type { Measured, Run, Workload } from '../schema.ts';
import { position, ticks } from './axis.ts';
import { tableUnit, timeUnit } from './columns.ts';
import { GRID, INK, PAPER } from './style.ts';
import { workloadTitle } from './words.ts';

/** Okabe and Ito's, without the yellow, which paper does not show. */
const palette = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'];
const dashes: readonly (number[] | 'solid')[] = [
  'solid',
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [14, 4],
  [5, 2],
];
const symbols = [
  ...['circle', 'rect', 'triangle', 'diamond'],
  ...['emptyCircle', 'emptyRect', 'emptyTriangle'],
];

/** It ends up in an attribute, in double quotes. */
const FONT = "system-ui, 'DejaVu Sans', sans-serif";

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length]!;

/** Where the colours begin again, the symbols do not: no two stacks have the same of both. */
const symbolOf = (stack: number): string =>
  pick(symbols, stack + Math.floor(stack / palette.length));

/** Of a legend: the line that stands for a stack, and what is left free behind its name. */
const LINE_WIDTH = 44;
const ITEM_GAP = 18;

/** What all pictures have: nothing moves, for they are printed. */
const common: EChartsOption = {
  animation: false,
  color: palette,
  backgroundColor: PAPER,
  textStyle: { fontFamily: FONT, color: INK, fontSize: 12 },
  legend: {
    top: 0,
    left: 'center',
    itemWidth: LINE_WIDTH,
    itemGap: ITEM_GAP,
    textStyle: { color: INK, fontSize: 12 },
  },
};

/** Pixels of a legend, roughly: a letter, what is between a line and its name, and a row. */
const LETTER_WIDTH = 5.6;
const NAME_GAP = 5;
const LEGEND_ROW = 14 + ITEM_GAP;

/** Where a picture begins below the legend of these names, which may take several rows. */
function belowLegend(names: readonly string[], width: number, itemWidth = LINE_WIDTH): number {
  let rows = 1;
  let used = 0;
  for (const name of names) {
    const item = itemWidth + NAME_GAP + LETTER_WIDTH * name.length;
    if (used > 0 && used + item > width) {
      rows++;
      used = 0;
    }
    used += item + ITEM_GAP;
  }
  return 2 + rows * LEGEND_ROW;
}

const gridBelow = (drawn: readonly Drawn[], width: number) => ({
  left: 60,
  right: 24,
  top: belowLegend(
    drawn.map(({ name }) => name),
    width,
  ),
  bottom: 46,
});

const named = (name: string) => ({
  name,
  nameLocation: 'middle' as const,
  nameGap: 28,
  nameTextStyle: { color: INK, fontSize: 12 },
  axisLine: { show: true, lineStyle: { color: INK } },
  axisLabel: { color: INK },
  splitLine: { lineStyle: { color: GRID } },
});

/** No label over another, where the picture is narrow. */
const sparse = { axisLabel: { color: INK, hideOverlap: true } };

/** A logarithmic axis, see axis.ts. */
function logAxis(name: string, low: number, high: number, format: (value: number) => string) {
  const at = ticks(low, high).map(position);
  const base = named(name);
  return {
    ...base,
    type: 'value' as const,
    min: position(low),
    max: position(high),
    axisTick: { show: true, customValues: at },
    axisLabel: {
      ...sparse.axisLabel,
      customValues: at,
      formatter: (value: number) => format(10 ** value),
    },
    splitLine: { show: false },
  };
}

/** Ticks need no more digits than tell them apart. */
const plain = (value: number): string => String(Number(value.toPrecision(3)));

/** How a stack looks in every picture; `stack` counts from 0. */
const looks = (stack: number): LineSeriesOption => ({
  color: pick(palette, stack),
  lineStyle: { type: pick(dashes, stack), width: 2 },
  symbol: symbolOf(stack),
  symbolSize: 8,
  silent: true,
});

interface Drawn {
  readonly name: string;
  readonly at: number;
  readonly measured: Measured;
}

const drawnOf = ({ results }: Workload): Drawn[] =>
  results.flatMap(({ stack, measured }, at) =>
    measured === null ? [] : [{ name: stack, at, measured }],
  );

/** Of the slowest thousandth, nothing is shown, which would leave no room for the others. */
const SHOWN_PERCENT = 99.9;

function timeRange(drawn: readonly Drawn[]): { low: number; high: number } {
  const all = drawn.map(({ measured }) => measured.latency);
  const low = Math.max(1, Math.min(...all.map(({ min }) => min)));
  return { low: low * 0.95, high: Math.max(...all.map((it) => it['p99.9']), low * 1.2) * 1.05 };
}

function timeAxis(workload: Workload, drawn: readonly Drawn[]) {
  const { low, high } = timeRange(drawn);
  const { name, of } = tableUnit(workload);
  return logAxis(`time of a request, ${name}`, low, high, (ns) => plain(ns / of));
}

/** How many of the requests took no longer than a time. */
export function ecdfChart(workload: Workload, width: number): EChartsOption {
  const drawn = drawnOf(workload);
  return {
    ...common,
    grid: gridBelow(drawn, width),
    xAxis: timeAxis(workload, drawn),
    yAxis: { ...named('requests, %'), type: 'value', min: 0, max: 100, nameGap: 38 },
    series: drawn.map(({ name, at, measured }) => ({
      ...looks(at),
      type: 'line',
      name,
      showAllSymbol: true,
      data: measured.latency.quantiles
        .filter(([percent]) => percent <= SHOWN_PERCENT)
        .map(([percent, ns]) => ({
          value: [position(Math.max(1, ns)), percent],
          // A symbol every tenth, of each stack elsewhere, so that none hides another.
          ...((percent + 3 * at) % 10 !== 0 ? { symbol: 'none' } : {}),
        })),
    })),
  };
}

/** Bins between a time and ten times as much. */
const BINS = 40;

/** How many of the requests took about a time. */
export function histogramChart(workload: Workload, width: number): EChartsOption {
  const drawn = drawnOf(workload);
  const { low, high } = timeRange(drawn);
  return {
    ...common,
    grid: gridBelow(drawn, width),
    xAxis: timeAxis(workload, drawn),
    yAxis: { ...named('requests in a bin, %'), type: 'value', min: 0, nameGap: 38 },
    series: drawn.map(({ name, at, measured }) => ({
      ...looks(at),
      type: 'line',
      name,
      step: 'end',
      areaStyle: { opacity: 0.08 },
      showAllSymbol: true,
      clip: true,
      data: outline(binsOf(measured.latency, BINS), at).filter(
        ({ value: [x] }) => x! >= position(low) - 1 / BINS && x! <= position(high),
      ),
    })),
  };
}

/** The steps around bins; a symbol on some of those that have much. */
function outline(bins: ReturnType<typeof binsOf>, at: number) {
  const steps = bins.map(([from, , share], i) => ({
    value: [position(from), 100 * share],
    ...(share < 0.02 || (i + at) % 4 !== 0 ? { symbol: 'none' } : {}),
  }));
  const [first, last] = [bins[0]!, bins.at(-1)!];
  const end = { value: [position(last[1]), 0], symbol: 'none' };
  const start = { value: [position(first[0]), 0], symbol: 'none' };
  return [start, ...steps, end];
}

/** Requests per second in the course of the run. */
export function throughputChart(workload: Workload, width: number): EChartsOption {
  const drawn = drawnOf(workload);
  return {
    ...common,
    grid: { ...gridBelow(drawn, width), left: 76 },
    xAxis: { ...named('since the start of the run, s'), ...sparse, type: 'value', scale: true },
    yAxis: { ...named('requests per second'), type: 'value', min: 0, nameGap: 56 },
    series: drawn.map(({ name, at, measured }) => ({
      ...looks(at),
      type: 'line',
      name,
      showAllSymbol: true,
      data: measured.throughputOverTime.map((it) => [it.at, it.perSecond]),
    })),
  };
}

interface Ratio {
  readonly stack: number;
  readonly row: number;
  readonly low: number;
  readonly ratio: number;
  readonly high: number;
}

const ROW_HEIGHT = 44;
/** Between the stacks of a row. */
const LANE = 13;

/** An option, and the height that it takes, in pixels. */
export interface Sized {
  readonly option: EChartsOption;
  readonly height: number;
}

/** What names of rows take of the width; longer ones go on in another line. */
const namesWidth = (width: number): number => Math.min(205, Math.round(width / 3));

/** Of a legend's symbols, where they stand for no lines. */
const SYMBOL_WIDTH = 14;

/** Every ratio to the first stack with its interval. */
export function ratioChart({ stacks, workloads }: Run, width: number): Sized {
  const found: Ratio[] = workloads.flatMap(({ results }, row) =>
    results.flatMap(({ measured }, stack) => {
      if (!measured?.toFirst) return [];
      const { low, ratio, high } = measured.toFirst;
      return [{ stack, row, low, ratio, high }];
    }),
  );
  const low = Math.min(0.95, ...found.map((it) => it.low)) * 0.98;
  const high = Math.max(1.05, ...found.map((it) => it.high)) * 1.02;
  const others = stacks
    .map(({ name }, stack) => ({ name, stack }))
    .filter(({ stack }) => found.some((it) => it.stack === stack));
  const left = namesWidth(width);
  const top = belowLegend(
    others.map(({ name }) => name),
    width,
    SYMBOL_WIDTH,
  );
  const height = workloads.length * Math.max(ROW_HEIGHT, others.length * LANE + 18) + top + 50;
  const option: EChartsOption = {
    ...common,
    legend: { ...common.legend, itemWidth: SYMBOL_WIDTH },
    grid: { left, right: 30, top, bottom: 46 },
    xAxis: logAxis(`time of the median request, × ${stacks[0]!.name}`, low, high, plain),
    yAxis: {
      type: 'category',
      inverse: true,
      data: workloads.map(workloadTitle),
      axisTick: { show: false },
      // At the left, and not where the ratio is 1.
      axisLine: { onZero: false, lineStyle: { color: INK } },
      axisLabel: { color: INK, width: left - 15, overflow: 'break' },
      splitLine: { show: true, lineStyle: { color: GRID } },
    },
    series: others.flatMap(({ name, stack }, i) => {
      const lane = (i - (others.length - 1) / 2) * LANE;
      const mine = found.filter((it) => it.stack === stack);
      return [
        // The first of a name is what the legend shows.
        {
          type: 'scatter' as const,
          name,
          color: pick(palette, stack),
          symbol: symbolOf(stack),
          symbolSize: 10,
          symbolOffset: [0, lane] as [number, number],
          silent: true,
          data: mine.map(({ ratio, row }) => [position(ratio), row]),
          ...(i === 0 ? { markLine: oneLine } : {}),
        },
        intervals(name, stack, lane, mine),
      ];
    }),
  };
  return { option, height };
}

/** Where both take the same time. */
const oneLine = {
  silent: true,
  symbol: 'none',
  label: { show: false },
  lineStyle: { color: INK, type: 'dashed' as const, width: 1 },
  data: [{ xAxis: 0 }],
};

/** Lines from the low to the high end, with a tick at both. */
const intervals = (name: string, stack: number, lane: number, found: readonly Ratio[]) => ({
  type: 'custom' as const,
  name,
  color: pick(palette, stack),
  silent: true,
  data: found.map(({ low, high, row }) => [position(low), position(high), row]),
  encode: { x: [0, 1], y: 2 },
  renderItem: (_: unknown, api: { value(i: number): unknown; coord(at: number[]): number[] }) => {
    const row = Number(api.value(2));
    const [left, y] = api.coord([Number(api.value(0)), row]);
    const [right] = api.coord([Number(api.value(1)), row]);
    const style = { stroke: pick(palette, stack), lineWidth: 2 };
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: 'line' as const,
      shape: { x1, y1, x2, y2 },
      style,
    });
    const at = y! + lane;
    const children = [
      line(left!, at, right!, at),
      ...[left!, right!].map((x) => line(x, at - 4, x, at + 4)),
    ];
    return { type: 'group' as const, children };
  },
});

/** Of a legend's samples of patterns. */
const PATTERN_WIDTH = 26;

/** Where the time of a request goes, a bar for each stack; null when nobody looked. */
export function breakdownChart(workload: Workload, width: number): Sized | null {
  const drawn = drawnOf(workload).filter(({ measured }) => measured.breakdown.length > 0);
  if (drawn.length === 0) return null;
  const parts = [
    ...new Set(drawn.flatMap(({ measured }) => measured.breakdown.map((it) => it.part))),
  ];
  const longest = Math.max(
    ...drawn.map(({ measured }) => measured.breakdown.reduce((sum, it) => sum + it.nanoseconds, 0)),
  );
  const { name: unit, of } = timeUnit(longest);
  const left = Math.min(120, namesWidth(width));
  const top = belowLegend(parts, width, PATTERN_WIDTH);
  const option: EChartsOption = {
    ...common,
    aria: { enabled: true, decal: { show: true } },
    legend: { ...common.legend, itemWidth: PATTERN_WIDTH },
    grid: { left, right: 30, top, bottom: 46 },
    xAxis: { ...named(`time of a request, ${unit}`), ...sparse, type: 'value', min: 0 },
    yAxis: {
      type: 'category',
      inverse: true,
      data: drawn.map(({ name }) => name),
      axisTick: { show: false },
      axisLabel: { color: INK, width: left - 15, overflow: 'break' },
    },
    series: parts.map((part) => ({
      type: 'bar',
      name: part,
      stack: 'all',
      barMaxWidth: 34,
      silent: true,
      itemStyle: { borderColor: PAPER, borderWidth: 1 },
      data: drawn.map(
        ({ measured }) =>
          (measured.breakdown.find((it) => it.part === part)?.nanoseconds ?? 0) / of,
      ),
    })),
  };
  return { option, height: drawn.length * ROW_HEIGHT + top + 56 };
}
