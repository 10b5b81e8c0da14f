/**
 * Formats metrics as text for Prometheus.
 *
 * Source: Prometheus, "Exposition formats", text format 0.0.4.
 */
import type { Distribution, Family, Labels } from './families.ts';

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export const formatPrometheus = (families: readonly Family[]): string =>
  families
    .map((family) => {
      const { name, help, type } = family;
      const lines =
        family.type === 'histogram'
          ? family.samples.flatMap((sample) => bucketLines(name, sample))
          : family.samples.map(({ labels, value }) => line(name, labels, value));
      return `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');

const line = (name: string, labels: Labels, value: number): string =>
  `${name}${pairs(labels)} ${number(value)}\n`;

function bucketLines(name: string, { labels, bounds, counts, count, sum }: Distribution): string[] {
  let below = 0;
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((le, at) => {
    below += counts[at]!;
    return line(`${name}_bucket`, { ...labels, le: number(le) }, below);
  });
  return [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count)];
}

function pairs(labels: Labels): string {
  const all = Object.entries(labels).map(
    ([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`,
  );
  return all.length === 0 ? '' : `{${all.join(',')}}`;
}

/** A module chooses some of the keys, so they are escaped. */
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}
