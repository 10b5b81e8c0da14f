/**
 * Formats metrics as text for Prometheus.
 *
 * Source: Prometheus, "Exposition formats", text format 0.0.4.
 */
import type { Distribution, Family, Labels } from './families.ts';

/** The HTTP content type of the text. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Formats all families: for each its help, its type, and its numbers. */
export const formatPrometheus = (families: readonly Family[]): string =>
  families
    .map((family) => {
      const { name, help, type } = family;
      const lines =
        family.type === 'histogram'
          ? family.samples.flatMap((sample) => formatHistogram(name, sample))
          : family.samples.map(({ labels, value }) => formatSample(name, labels, value));
      return `# HELP ${name} ${escapeText(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');

const formatSample = (name: string, labels: Labels, value: number): string =>
  `${name}${formatLabels(labels)} ${formatNumber(value)}\n`;

/** Formats a histogram; its counts are cumulative. */
function formatHistogram(
  name: string,
  { labels, bounds, counts, count, sum }: Distribution,
): string[] {
  let cumulativeCount = 0;
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, i) => {
    cumulativeCount += counts[i]!;
    return formatSample(`${name}_bucket`, { ...labels, le: formatNumber(bound) }, cumulativeCount);
  });
  return [
    ...buckets,
    formatSample(`${name}_sum`, labels, sum),
    formatSample(`${name}_count`, labels, count),
  ];
}

function formatLabels(labels: Labels): string {
  const formattedLabels = Object.entries(labels).map(
    ([name, value]) => `${name}="${escapeText(value).replaceAll('"', '\\"')}"`,
  );
  return formattedLabels.length === 0 ? '' : `{${formattedLabels.join(',')}}`;
}

/** Escapes a text: some keys are chosen by modules, and may have any characters. */
const escapeText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function formatNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}
