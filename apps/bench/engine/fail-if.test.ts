import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulatedRun, stackNames } from '../../../test/support/simulated-run.ts';
import { ConditionError, findingsOf, parseCondition } from './fail-if.ts';
import { measureNames, measures, units } from './measures.ts';

const parse = (text: string) => parseCondition(text, stackNames);

describe('parseCondition', () => {
  it('reads ratios, and measures with their units', () => {
    expect(parse('python/typescript p50 > 1.2')).toEqual({
      text: 'python/typescript p50 > 1.2',
      ...{ stack: 'python', to: 'typescript', measure: 'p50', operator: '>', bound: 1.2 },
    });
    expect(parse(' python p99.9>=2 ms ')).toMatchObject({ measure: 'p99.9', bound: 2e6 });
    expect(parse('python start > .5s')).toMatchObject({ to: null, bound: 5e8 });
    expect(parse('python memory < 100MB')).toMatchObject({ operator: '<', bound: 1e8 });
    expect(parse('python / typescript p50>1.2')).toMatchObject({ to: 'typescript', bound: 1.2 });
    expect(parse('python/ typescript p50 > 1')).toMatchObject({ to: 'typescript' });
    expect(parse('python throughput < 1000')).toMatchObject({ bound: 1000 });
    expect(parse('python throughput < 1000/s')).toMatchObject({ bound: 1000 });
  });

  it('reads names in quotes, which may have any character but these', () => {
    const names = ['a b', 'c/d', 'e'];
    expect(parseCondition('"a b"/"c/d" p50 > 1', names)).toMatchObject({ stack: 'a b', to: 'c/d' });
    expect(parseCondition('"e" / "a b" p50 > 1', names)).toMatchObject({ stack: 'e', to: 'a b' });
  });

  it.each([
    ['', 1, 'a stack is missing'],
    ['pyton p50 > 1', 1, "no stack is called 'pyton' (did you mean 'python'?)"],
    ['python/typescrip p50 > 1', 8, "no stack is called 'typescrip'"],
    ['python/typescript/python p50 > 1', 1, 'a ratio is of two stacks'],
    ['python/ p50 > 1', 9, "no stack is called 'p50'"],
    ['python/', 8, 'a stack is missing'],
    ['/python p50 > 1', 1, 'a stack is missing'],
    ['python / typescrip p50 > 1', 10, "no stack is called 'typescrip'"],
    ['"pyton" p50 > 1', 1, "no stack is called 'pyton'"],
    ['python/"typescript p50 > 1', 8, 'the quote is not closed'],
    ['python / typescript p5O > 1', 21, "no measure is called 'p5O'"],
    ['python', 7, 'a measure is missing'],
    ['python p5O > 1', 8, "no measure is called 'p5O' (did you mean 'p50'?)"],
    ['python p50', 11, '>, >=, < or <= is missing'],
    ['python p50 = 1', 12, "expected >, >=, < or <=, found '='"],
    ['python p50 >', 13, 'a number is missing'],
    ['python p50 > much', 14, "expected a number, found 'much'"],
    ['python p50 > -1', 14, "expected a number, found '-1'"],
    ['python p50 > 1', 15, 'a time has a unit: ns, us, µs, ms, s'],
    ['python p50 > 1 MB', 16, "no unit of a time is called 'MB'"],
    ['python p50 > 1h', 15, "no unit of a time is called 'h'"],
    ['python p50 > 1ms s', 18, "unexpected 's'"],
    ['python p50 > 1 ms s', 19, "unexpected 's'"],
    ['python/typescript p50 > 1.2 ms', 29, "a ratio has no unit, found 'ms'"],
    ['python/typescript p50 > 1.2x', 28, "a ratio has no unit, found 'x'"],
  ])('%s: column %i', (text, column, message) => {
    let found: unknown;
    try {
      parse(text);
    } catch (error) {
      found = error;
    }
    expect(found).toBeInstanceOf(ConditionError);
    const lines = (found as Error).message.split('\n');
    expect(lines[0]).toContain(`column ${column}: ${message}`);
    expect(lines[1]).toBe(`  ${text}`);
    expect(lines[2]).toBe(`  ${' '.repeat(column - 1)}^`);
  });

  it('reads whatever follows the grammar, and refuses all else with a column', () => {
    const words = fc.constantFrom(...stackNames, ...measureNames, '/', '>', '<=', '1.5', 'ms', ' ');
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        const text = parts.join('');
        try {
          const { bound, measure, to } = parse(text);
          expect(bound).toBeGreaterThan(0);
          if (to === null) expect(units[measures[measure].kind]).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(ConditionError);
          expect((error as ConditionError).column).toBeLessThanOrEqual(text.length + 1);
        }
      }),
    );
  });
});

describe('findingsOf', () => {
  const run = simulatedRun();
  const fails = (text: string) => findingsOf(parse(text), run).map((it) => it.fails);

  it('looks at every workload and place', () => {
    const found = findingsOf(parse('python/typescript p50 > 1.1'), run);
    expect(found.map(({ where }) => where)).toEqual([
      ...['miss, same CPU', 'miss, different CPUs', 'readdir, same CPU'],
    ]);
    expect(found.map((it) => it.fails)).toEqual([true, false, false]);
    expect(found[0]!.value).toBeCloseTo(1.17, 1);
  });

  it('has values in the units of the condition', () => {
    expect(fails('python p50 > 20 µs')).toEqual([false, true, true]);
    expect(fails('python memory > 119 MB')).toEqual([true, true, true]);
    expect(fails('python memory > 120 MB')).toEqual([false, false, false]);
  });

  it('skips what cannot be asked of a stack, and says so', () => {
    const why = 'all it can say is that a name is absent';
    const unfitIn = (...places: number[]) =>
      run.workloads.map((workload, at) => ({
        ...workload,
        results: workload.results.map((it) =>
          it.stack === 'python' && places.includes(at)
            ? { ...it, measured: null, missing: why, unfit: true }
            : it,
        ),
      }));
    const found = (text: string, ...places: number[]) =>
      findingsOf(parse(text), { ...run, workloads: unfitIn(...places) });
    for (const text of ['python p50 > 1 s', 'typescript/python p50 > 9']) {
      expect(found(text, 1, 2).map((it) => it.fails)).toEqual([false, false, false]);
      expect(found(text, 1, 2).map((it) => it.skipped)).toEqual([...[null, 'python', 'python']]);
    }
    expect(found('python p50 > 1 ns', 1, 2).map((it) => it.fails)).toEqual([true, false, false]);
    // Nothing is left to look at.
    expect(found('python p50 > 1 s', 0, 1, 2).map((it) => it.fails)).toEqual([
      ...[false, false, false, true],
    ]);
  });

  it('fails where there is nothing to look at', () => {
    expect(fails('javascript/typescript p50 > 9')).toEqual([false, false, true]);
    expect(findingsOf(parse('python p50 > 9 s'), simulatedRun({}, []))).toMatchObject([
      { where: 'the run', value: null, fails: true },
    ]);
  });
});
