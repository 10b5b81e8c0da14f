import { describe, expect, it } from 'vitest';
import { compareRuns } from '../compare.ts';
import { findingsOf, parseCondition } from '../fail-if.ts';
import { simulatedRun, simulatedWorkloads } from '../testdata/run.ts';
import { ChartsMissing, htmlReport, loadDraw } from './html.ts';
import { reportFiles } from './index.ts';
import { markdownReport } from './markdown.ts';
import { comparedText, findingsText, terminalReport, workloadText } from './terminal.ts';
import { answers } from './words.ts';

const run = simulatedRun({ warnings: ['the stacks differ in two volumes: a, <b>'] });
const plain = { width: 100, colour: false };

/** Escape sequences, which take no room. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they begin with
const SGR = /\x1b\[[\d;]*m/g;

describe('answers', () => {
  it('say in a sentence what came out, where it was not the same everywhere', () => {
    expect(answers(run)).toEqual([
      'python takes 1.05 to 1.17 times as long as typescript (in 2 of 3); it is 1.11 times ' +
        'as fast as typescript (in 1 of 3).',
      'javascript takes 1.33 times as long as typescript (in 1 of 2); it shows no difference to ' +
        'typescript (in 1 of 2).',
    ]);
  });

  it('are short where it was', () => {
    const [one] = simulatedWorkloads;
    expect(answers(simulatedRun({}, [one!]))[0]).toBe(
      'python takes 1.17 times as long as typescript.',
    );
    expect(answers(simulatedRun({}, [{ ...one!, rounds: 3 }]))[0]).toBe(
      'python was too noisy to conclude anything.',
    );
    const alone = { ...one!, medians: [8000, null, null] };
    expect(answers(simulatedRun({}, [alone]))).toEqual([
      'python could not be compared with typescript.',
      'javascript could not be compared with typescript.',
    ]);
  });
});

describe('the terminal', () => {
  it.each([40, 60, 100, 160])('shows no line wider than %i columns', (width) => {
    const lines = terminalReport(run, { width, colour: true }).replaceAll(SGR, '').split('\n');
    // A name, a median and what is missing are shown however narrow it is.
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
  });

  it('shows more where there is room for it', () => {
    const at = (width: number): string => workloadText(run.workloads[0]!, { width, colour: false });
    expect(at(60)).toContain('p50 µs');
    expect(at(60)).not.toContain('p99.9');
    expect(at(160)).toContain('p99.9');
    expect(at(100)).toContain('passed on / request');
  });

  it('is the same with colours, but for them', () => {
    const coloured = terminalReport(run, { ...plain, colour: true });
    expect(coloured).not.toBe(terminalReport(run, plain));
    expect(coloured.replaceAll(SGR, '')).toBe(terminalReport(run, plain));
  });

  it('says what clients take without any stack', () => {
    const [workload] = run.workloads;
    expect(workloadText(workload!, plain)).toMatch(/The plain directory answers in 1\.\d+\s+µs/);
    expect(workloadText({ ...workload!, plain: null }, plain)).not.toContain('plain directory');
  });

  it('says what is missing and what to beware of', () => {
    const shown = terminalReport({ ...run, partial: true }, plain);
    expect(shown).toContain('  javascript  not measured: it ended');
    expect(shown).toContain('warning: The run ended early');
    expect(shown).toContain('warning: the stacks differ in two volumes: a, <b>');
  });

  it('keeps what a stack showed before it ended', () => {
    const [workload] = run.workloads;
    const results = workload!.results.map((it) => ({ ...it, missing: 'the mount is gone' }));
    const shown = workloadText({ ...workload!, results }, plain);
    expect(shown).toContain('ended early: the mount is gone');
    expect(shown).toContain('slower');
  });

  it('shows what became of conditions', () => {
    const found = ['python/typescript p50 > 1.1', 'python memory > 1 GB', 'javascript p50 > 1 s']
      .map((text) => parseCondition(text, ['typescript', 'python', 'javascript']))
      .flatMap((condition) => findingsOf(condition, run));
    const lines = findingsText(found, plain).split('\n');
    expect(lines).toHaveLength(9);
    expect(lines[0]).toMatch(
      /^ {2}python\/typescript p50 > 1\.1 +miss, same CPU +1\.17 +holds: fails$/,
    );
    expect(lines[3]).toMatch(/ 120 MB +does not hold$/);
    expect(lines[8]).toMatch(/ not measured +fails$/);
  });

  it('shows two runs line by line', () => {
    const shown = comparedText(compareRuns(run, { ...run, seed: 3 }), plain).split('\n');
    expect(shown[0]).toMatch(/^ +first +second +second \/ first$/);
    expect(shown[1]).toBe('miss, same CPU');
    expect(shown[2]).toMatch(/^ {2}typescript +8\.\d+ µs +8\.\d+ µs +1\.00 \[.*\] +no difference$/);
    expect(shown.at(-1)).toMatch(/javascript \/ typescript +it ended$/);
  });
});

describe('Markdown', () => {
  it('has rows as wide as their heads', () => {
    const tables = markdownReport(run)
      .split('\n\n')
      .filter((part) => part.startsWith('|'));
    expect(tables).toHaveLength(3);
    for (const table of tables) {
      const widths = table
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) => line.split(/(?<!\\)\|/).length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  it('lets no volfile end its fence, and no name its cell', () => {
    const [first, ...others] = run.stacks;
    const stacks = [{ ...first!, volfile: '# ````\n' }, ...others];
    expect(markdownReport({ ...run, stacks })).toContain('`````\n# ````\n`````');
    const [workload] = run.workloads;
    const results = workload!.results.map((it) => ({ ...it, stack: 'a|b' }));
    expect(markdownReport({ ...run, workloads: [{ ...workload!, results }] })).toContain('a\\|b');
  });
});

describe('the page', async () => {
  const page = htmlReport(run, await loadDraw());

  it('needs no network and no script', () => {
    expect(page).not.toMatch(/<script|<link|@import|javascript:|\son\w+=/i);
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, to]) => to!);
    for (const to of addresses) expect(to).toMatch(/^(#|data:)/);
    const elsewhere = [...page.matchAll(/https?:[^"\s)]*/g)].map(([address]) => address);
    expect(new Set(elsewhere)).toEqual(
      new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']),
    );
  });

  it('has its pictures: ratios; per workload two distributions and the course; one breakdown', () => {
    expect(page.match(/<svg /g)).toHaveLength(1 + 3 * 3 + 1);
    expect(page.match(/<svg role="img" aria-label="/g)).toHaveLength(11);
    for (const part of ['kernel and FUSE', 'crossing', 'reply']) expect(page).toContain(part);
    // Not by colours alone: dashes for stacks, patterns for parts.
    expect(page).toContain('stroke-dasharray="2,3"');
    expect(page).toContain('<pattern');
  });

  it('has the question, the answer, the method and its limits in words', () => {
    for (const heading of ['How it was measured', 'What it does not show', 'Where', 'Stacks']) {
      expect(page).toContain(`<h2>${heading}</h2>`);
    }
    expect(page).toContain(
      '<h1>What does a cache of absent names cost in Python &amp; JavaScript?',
    );
    expect(page).toContain('<p class="answer">python takes 1.05 to 1.17 times');
    expect(page).toContain('a, &lt;b&gt;');
    expect(page).toContain('A &lt;CPU&gt; of 3 GHz');
  });

  it('can be of a run that measured nothing', async () => {
    const [one] = simulatedWorkloads;
    const nothing = simulatedRun({}, [{ ...one!, medians: [null, null, null] }]);
    const { files } = await reportFiles(nothing);
    expect(files['report.html']).toContain('not measured: it ended');
    expect(terminalReport(nothing, plain)).toContain('not measured: it ended');
    expect((await reportFiles(simulatedRun({}, []))).warnings).toEqual([]);
  });
});

describe('without what draws', () => {
  const load = () =>
    loadDraw(() => Promise.reject(Object.assign(new Error(), { code: 'ERR_MODULE_NOT_FOUND' })));

  it('says what to install, and writes the rest', async () => {
    const { files, warnings } = await reportFiles(run, load);
    expect(Object.keys(files)).toEqual(['run.json', 'report.md']);
    expect(warnings).toEqual([new ChartsMissing().message]);
    expect(warnings[0]).toContain('npm install echarts');
  });

  it('hides no other error', async () => {
    const broken = () => loadDraw(() => Promise.reject(new TypeError('a bug')));
    await expect(reportFiles(run, broken)).rejects.toThrow('a bug');
  });
});
