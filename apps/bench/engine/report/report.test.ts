import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../../terminal/quantities.ts';
import {
  simulatedWorkloads,
  simulateRun,
  withoutWarmUp,
} from '../../../../test/support/simulated-run.ts';
import { compareRuns } from '../compare.ts';
import { formatHtml, loadSvgRenderer, makeReportFiles } from './html.ts';
import { formatMarkdown } from './markdown.ts';
import { formatMethodParagraphs, formatSummary, listWarnings } from './run-sentences.ts';
import { formatComparedRuns, formatTerminalReport, formatWorkload } from './text.ts';

const run = simulateRun({ warnings: ['the stacks differ in two volumes: a, <b>'] });
const plain = { width: 100, colour: false };

const RATIOS_TITLE = 'Every statistic, divided by that of typescript';

describe('the first sentences of a bench report', () => {
  it('group the measurements of a stack by verdict if the verdicts differ', () => {
    expect(formatSummary(run)).toEqual([
      'python is 5 to 17 % slower than typescript (in 2 of 3); it is about 11 % faster than ' +
        'typescript [9 – 13 %] (in 1 of 3).',
      'javascript is about 33 % slower than typescript [30 – 36 %] (in 1 of 2); it shows no ' +
        'difference to typescript [1.4 % faster – 2 % slower] (in 1 of 2).',
    ]);
  });

  it('consist of one sentence for each stack whose measurements all agree', () => {
    const [one] = simulatedWorkloads;
    expect(formatSummary(simulateRun({}, [one!]))[0]).toMatch(
      /^python is about 17 % slower than typescript \[1\d – 1\d %\]\.$/,
    );
    expect(formatSummary(simulateRun({}, [{ ...one!, rounds: 3 }]))[0]).toBe(
      'python could not be compared with typescript.',
    );
    const alone = { ...one!, medians: [8000, null, null] };
    expect(formatSummary(simulateRun({}, [alone]))).toEqual([
      'python could not be compared with typescript.',
      'javascript could not be compared with typescript.',
    ]);
  });
});

it('every report begins with the warning that the machine was busy', async () => {
  const busy = { others: 0.6, steal: 0, load: 15 };
  const busyRun = { ...run, workloads: run.workloads.map((entry) => ({ ...entry, busy })) };
  expect(formatTerminalReport(busyRun, plain)).toMatch(
    /^Busy in miss, same CPU: the machine was busy: other processes had 60 % of the CPU/,
  );
  expect(formatMarkdown(busyRun).indexOf('Busy in miss')).toBeLessThan(
    formatMarkdown(busyRun).indexOf('python is'),
  );
  expect(formatSummary(busyRun)[0]).toMatch(/^Busy in miss, same CPU: /);
});

describe('the report at a terminal', () => {
  it.each([40, 60, 100, 160])('has no line wider than %i columns', (width) => {
    const coloured = formatTerminalReport(run, { width, colour: true });
    const lines = stripVTControlCharacters(coloured).split('\n');
    // A name, a median and a note are shown at any width.
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
  });

  it.each([40, 80, 100, 160])('shows every measure at a width of %i columns', (width) => {
    const text = formatWorkload(run.workloads[0]!, { width, colour: false });
    for (const title of [
      ...['p50', '× typescript', 'verdict', 'mean', 'p90', 'p99', 'p99.9', 'max'],
      ...['throughput', 'server-cpu', 'client-cpu', 'memory', 'start', 'passed on'],
    ]) {
      expect(text).toContain(title);
    }
    const { latency, peakMemoryBytes } = run.workloads[0]!.results[1]!.measured!;
    const rows = text.split('\n').filter((line) => line.startsWith('  python'));
    for (const ns of [latency.mean, latency.p90, latency.p99, latency['p99.9'], latency.max]) {
      expect(rows.join(' ')).toContain(` ${formatDuration(ns)}`);
    }
    expect(rows.join(' ')).toContain(` ${peakMemoryBytes! / 1e6} MB`);
  });

  it('shows bars with the verdict beside them', () => {
    const [workload] = run.workloads;
    const lines = formatWorkload(workload!, { width: 80, colour: false }).split('\n');
    expect(lines.find((line) => line.startsWith('  python'))).toMatch(/ slower {2}█+[▏▎▍▌▋▊▉]?$/);
  });

  it('states the number of rounds, and of the requests before them', () => {
    const text = formatWorkload(run.workloads[0]!, { width: 1000, colour: false });
    expect(text).toContain('9 rounds, after 40000 requests to warm up');
  });

  it('shows p50, mean, p90, p99, p99.9 and throughput beside each other, also as ratios', () => {
    const lines = formatWorkload(run.workloads[0]!, { width: 100, colour: false }).split('\n');
    const statistics = /p50 +mean +p90 +p99 +p99\.9 +max +throughput/;
    expect(lines.filter((line) => statistics.test(line))).toHaveLength(3);
    const ratios = lines.slice(lines.indexOf(`${RATIOS_TITLE}: miss, same CPU`) + 2);
    expect(ratios[0]).toMatch(/^ {2}python( +1\.\d\d){6} +0\.\d\d$/);
    expect(ratios[1]).toMatch(/^ {2}javascript /);
  });

  it('shows the first requests in a table of their own, with their number if it is smaller', () => {
    const [workload] = run.workloads;
    const text = formatWorkload(workload!, { width: 120, colour: false });
    // The simulated stacks had 500 requests.
    expect(text).toMatch(/\nThe first requests of a fresh mount: miss, same CPU\n +requests +p50 /);
    expect(text).toMatch(/\n {2}python +500 .* 1\.4\d\n?/);
    const results = workload!.results.map((result) => {
      const { first, ...measured } = result.measured!;
      const latency = { ...first!.latency, count: 10_000 };
      return { ...result, measured: { ...measured, first: { ...first!, latency } } };
    });
    expect(formatWorkload({ ...workload!, results }, { width: 120, colour: false })).toMatch(
      /\nThe first 10,000 requests of a fresh mount: miss, same CPU\n +p50 /,
    );
  });

  it('has no table of first requests for a result by an older version', async () => {
    const old = withoutWarmUp(run);
    expect(formatTerminalReport(old, plain)).not.toContain('fresh mount');
    expect(formatTerminalReport(old, { ...plain, width: 1000 })).toContain(
      '9 rounds, and 1 before them to warm up',
    );
    expect(formatMethodParagraphs(old).join(' ')).not.toContain('steady');
    expect(Object.keys(await makeReportFiles(old))).toHaveLength(3);
  });

  it('has the same text with and without colours', () => {
    const coloured = formatTerminalReport(run, { ...plain, colour: true });
    expect(coloured).not.toBe(formatTerminalReport(run, plain));
    expect(stripVTControlCharacters(coloured)).toBe(formatTerminalReport(run, plain));
  });

  it('states how long a request takes in the plain directory, without a server', () => {
    const [workload] = run.workloads;
    expect(formatWorkload(workload!, plain)).toMatch(/The plain directory answers in 1\.\d+\s+µs/);
    expect(formatWorkload({ ...workload!, plain: null }, plain)).not.toContain('plain directory');
  });

  it('warns if clients and the kernel take more than half of the time', () => {
    const half = 'the plain directory takes more than half as long';
    expect(formatTerminalReport(run, plain)).not.toContain(half);
    const [workload] = run.workloads;
    const slow = { ...workload!.plain!, p50: 4700 };
    const text = listWarnings({ ...run, workloads: [{ ...workload!, plain: slow }] });
    expect(text).toContainEqual(expect.stringContaining(`miss, same CPU, typescript: ${half}`));
  });

  it('shows the warnings of a run, and the reason at each stack that was not measured', () => {
    const text = formatTerminalReport({ ...run, partial: true }, plain);
    expect(text).toContain('  javascript  not measured: it ended');
    expect(text).toContain(
      'warning: Not all that was asked for was measured: the tables and the other warnings say what',
    );
    expect(text).toContain('warning: the stacks differ in two volumes: a, <b>');
  });

  it('shows the rounds of a stack that ended early', () => {
    const [workload] = run.workloads;
    const results = workload!.results.map((entry) => ({ ...entry, missing: 'the mount is gone' }));
    const text = formatWorkload({ ...workload!, results }, plain);
    expect(text).toContain('ended early: the mount is gone');
    expect(text).toContain('slower');
  });

  it('shows the comparison of two runs line by line', () => {
    const text = formatComparedRuns(compareRuns(run, { ...run, seed: 3 }), plain).split('\n');
    expect(text[0]).toMatch(/^ +first +second +second \/ first$/);
    expect(text[1]).toBe('miss, same CPU');
    expect(text[2]).toMatch(/^ {2}typescript +8\.\d+ µs +8\.\d+ µs +1\.00 \[.*\] +no difference$/);
    expect(text.at(-1)).toMatch(/javascript \/ typescript +it ended$/);
  });
});

describe('the report in Markdown', () => {
  it('has as many cells in each table row as in its head', () => {
    const tables = formatMarkdown(run)
      .split('\n\n')
      .filter((part) => part.startsWith('|'));
    // Three tables for each workload: results, ratios, first requests.
    expect(tables).toHaveLength(9);
    expect(tables[3]).toMatch(/\| javascript \| [\d.]+ \[.*\] \| no difference \| \d+\.\d µs \|/);
    for (const table of tables) {
      const widths = table
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) => line.split(/(?<!\\)\|/).length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  it('keeps a volfile with backquotes in its code block, and a name with | in its table cell', () => {
    const [first, ...others] = run.stacks;
    const stacks = [{ ...first!, volfile: '# ````\n' }, ...others];
    expect(formatMarkdown({ ...run, stacks })).toContain('`````\n# ````\n`````');
    const [workload] = run.workloads;
    const results = workload!.results.map((entry) => ({ ...entry, stack: 'a|b' }));
    expect(formatMarkdown({ ...run, workloads: [{ ...workload!, results }] })).toContain('a\\|b');
  });
});

const draw = await loadSvgRenderer();

it('every report explains why the plain directory is measured, if it is', async () => {
  const explanation = 'the same clients send the same requests to the plain directory';
  expect(formatMethodParagraphs(run).join(' ')).toContain(explanation);
  expect(formatMarkdown(run)).toContain(explanation);
  expect(formatHtml(run, draw)).toContain(explanation);
  const workloads = run.workloads.map((entry) => ({ ...entry, plain: null }));
  expect(formatMethodParagraphs({ ...run, workloads }).join(' ')).not.toContain(explanation);
});

describe('the report as a web page', () => {
  const page = formatHtml(run, draw);

  it('needs no network and no script', () => {
    expect(page).not.toMatch(/<script|<link|@import|javascript:|\son\w+=/i);
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, to]) => to!);
    for (const to of addresses) expect(to).toMatch(/^(#|data:)/);
    const elsewhere = [...page.matchAll(/https?:[^"\s)]*/g)].map(([address]) => address);
    expect(new Set(elsewhere)).toEqual(
      new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']),
    );
  });

  it('shows a picture of the ratios, and of the distribution of each workload', () => {
    // Each picture is drawn for wide and for narrow screens.
    expect(page.match(/<svg /g)).toHaveLength(2 * (1 + 3));
    expect(page.match(/<svg role="img" aria-label="A chart\. /g)).toHaveLength(8);
    // Lines differ also by dashes.
    expect(page).toContain('stroke-dasharray="2,3"');
  });

  it('states the question, the answer, the method and its limits', () => {
    for (const heading of ['How it was measured', 'What it does not show', 'Where', 'Stacks']) {
      expect(page).toContain(`<h2>${heading}</h2>`);
    }
    expect(page).toContain(
      '<h1>What does a cache of absent names cost in Python &amp; JavaScript?',
    );
    expect(page).toContain('<p class="answer">python is 5 to 17 % slower than');
    expect(page).toContain('a, &lt;b&gt;');
    expect(page).toContain('A &lt;CPU&gt; of 3 GHz');
  });

  it('is accessible, with headings, captions of tables and descriptions of pictures', () => {
    expect(page.match(/<(h1|header|main)>/g)).toEqual(['<header>', '<h1>', '<main>']);
    for (const section of page.split(/<section[^>]*>\n/).slice(1)) expect(section).toMatch(/^<h2>/);
    const tables = page.match(/<table>.*?<\/table>/gs)!;
    expect(tables).toHaveLength(9);
    for (const table of tables) {
      expect(table).toMatch(/^<table>\n<caption><span>[^<]+: (miss|readdir), /);
      expect(table).not.toMatch(/<th>|<th scope="\w+"><\/th>/);
    }
    // Scrolling boxes are focusable, for keys.
    const boxes = page.match(/<div class="table"[^>]*>|<pre[^>]*>/g)!;
    expect(boxes).toHaveLength(9 + 3);
    for (const box of boxes) expect(box).toMatch(/tabindex="0" role="region" aria-label="[^"]+"/);
    const labels = [...page.matchAll(/<svg role="img" aria-label="([^"]*)"/g)].map(
      ([, entry]) => entry,
    );
    expect(labels[0]).toMatch(
      /^A chart\. miss, same CPU: python 1\.17 \[1\.\d+ – 1\.\d+\], javascript /,
    );
    expect(labels).toContainEqual(
      expect.stringMatching(/typescript half within 8\.\d+ µs, 90 % within .*; python half within/),
    );
  });

  it('can be made of a run without any measurement', async () => {
    const [one] = simulatedWorkloads;
    const unmeasured = simulateRun({}, [{ ...one!, medians: [null, null, null] }]);
    const files = await makeReportFiles(unmeasured);
    expect(files['report.html']).toContain('not measured: it ended');
    expect(formatTerminalReport(unmeasured, plain)).toContain('not measured: it ended');
    expect(Object.keys(await makeReportFiles(simulateRun({}, [])))).toHaveLength(3);
  });
});
