import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../terminal/exit.ts';
import { simulateRun, stackNames, withoutWarmUp } from '../../../test/support/simulated-run.ts';
import { findFailures, measureNames, measures, parseCondition, units } from './measures.ts';

const parse = (text: string) => parseCondition(text, stackNames);

describe('parseCondition', () => {
  it('reads conditions on ratios, and on measures with units', () => {
    expect(parse('python/typescript p50 > 1.2')).toEqual({
      text: 'python/typescript p50 > 1.2',
      ...{ stack: 'python', divisor: 'typescript', measure: 'p50', operator: '>', bound: 1.2 },
    });
    expect(parse(' python p99.9>=2 ms ')).toMatchObject({ measure: 'p99.9', bound: 2e6 });
    expect(parse('python start > .5s')).toMatchObject({ divisor: null, bound: 5e8 });
    expect(parse('python memory < 100MB')).toMatchObject({ operator: '<', bound: 1e8 });
    expect(parse('python / typescript p50>1.2')).toMatchObject({
      divisor: 'typescript',
      bound: 1.2,
    });
    expect(parse('python/ typescript p50 > 1')).toMatchObject({ divisor: 'typescript' });
    expect(parse('python throughput < 1000')).toMatchObject({ bound: 1000 });
    expect(parse('python throughput < 1000/s')).toMatchObject({ bound: 1000 });
    expect(parse('python first-p99.9 > 2 ms')).toMatchObject({ measure: 'first-p99.9' });
    expect(parse('python first-ratio > 1.5')).toMatchObject({ measure: 'first-ratio', bound: 1.5 });
  });

  it.each([
    ...['', 'python', 'python p50', 'python p50 = 1', 'python p50 >', 'python p50 > much'],
    ...['python p50 > -1', 'python/ p50 > 1', '/python p50 > 1', 'python p50 > 1 ms s'],
    'python/typescript/python p50 > 1',
  ])("refuses '%s', which does not have the form of a condition", (text) => {
    expect(() => parse(text)).toThrow(
      `--fail-if '${text}': it is STACK MEASURE > NUMBER UNIT, or STACK/STACK MEASURE > NUMBER`,
    );
  });

  it.each([
    ['pyton p50 > 1ms', "no stack is called 'pyton' (did you mean 'python'?)"],
    ['python/typescrip p50 > 1', "no stack is called 'typescrip'"],
    ['python p5O > 1ms', "no measure is called 'p5O' (did you mean 'p50'?)"],
    ['python p50 > 1', "no unit of a time is called ''; there are ns, us, µs, ms, s"],
    ['python p50 > 1 MB', "no unit of a time is called 'MB'"],
    ['python p50 > 1h', "no unit of a time is called 'h'"],
    ['python/typescript p50 > 1.2 ms', "a ratio has no unit, found 'ms'"],
    ['python/typescript p50 > 1.2x', "a ratio has no unit, found 'x'"],
    ['python first-ratio > 1.5 ms', "a ratio has no unit, found 'ms'"],
    ['python p95 > 1 ms', "no measure is called 'p95' (did you mean"],
    ['python first-10000 > 1 ms', "no measure is called 'first-10000'"],
  ])('refuses the condition %s with the message: %s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('refuses every text outside the grammar with a UsageError', () => {
    const words = fc.constantFrom(...stackNames, ...measureNames, '/', '>', '<=', '1.5', 'ms', ' ');
    fc.assert(
      fc.property(fc.array(words), (parts) => {
        try {
          const { bound, measure, divisor } = parse(parts.join(''));
          expect(bound).toBeGreaterThan(0);
          if (divisor === null) expect(units[measures[measure].kind]).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

describe('findFailures', () => {
  const run = simulateRun();
  const listFailures = (text: string, tested = run) => findFailures(parse(text), tested);
  const places = ['miss, same CPU', 'miss, different CPUs', 'readdir, same CPU'] as const;
  const failedPlaces = (text: string, tested = run): string[] =>
    listFailures(text, tested).map(
      (failure) => places.find((place) => failure.includes(place)) ?? failure,
    );

  it('names every workload and place in which the condition holds, with the value', () => {
    const [one, ...others] = listFailures('python/typescript p50 > 1.1');
    expect(one).toMatch(/^python\/typescript p50 > 1\.1: miss, same CPU: it is 1\.1\d$/);
    expect(others).toEqual([]);
  });

  it('holds every statistic, of the first requests too, and their ratio to the rounds', () => {
    for (const name of measureNames) {
      const unit = { time: 's', size: 'GB', rate: '', ratio: '' }[measures[name].kind];
      expect(failedPlaces(`python ${name} > 0 ${unit}`)).toEqual(places);
      expect(failedPlaces(`python ${name} < 0 ${unit}`)).toEqual([]);
      expect(failedPlaces(`python/typescript ${name} > 0`)).toEqual(places);
    }
    expect(listFailures('python first-ratio > 1.2')[0]).toMatch(/: it is 1\.\d\d$/);
  });

  it('reports a failure of a condition on first requests in an older result', () => {
    expect(listFailures('python first-mean > 9 s', withoutWarmUp(run))[0]).toBe(
      'python first-mean > 9 s: miss, same CPU: nothing was measured',
    );
  });

  it('compares values in the unit of the condition', () => {
    expect(failedPlaces('python p50 > 20 µs')).toEqual(places.slice(1));
    expect(failedPlaces('python memory > 119 MB')).toEqual(places);
    expect(failedPlaces('python memory > 120 MB')).toEqual([]);
    expect(listFailures('python memory > 119 MB')[0]).toMatch(/: it is 120 MB$/);
  });

  it('skips workloads that do not fit a stack, and reports a failure when none is left', () => {
    const makeUnfit = (...unfit: number[]) => ({
      ...run,
      workloads: run.workloads.map((workload, index) => ({
        ...workload,
        results: workload.results.map((result) =>
          result.stack === 'python' && unfit.includes(index)
            ? { ...result, measured: null, missing: 'it says that a name is absent', unfit: true }
            : result,
        ),
      })),
    });
    for (const text of ['python p50 > 1 s', 'typescript/python p50 > 9']) {
      expect(listFailures(text, makeUnfit(1, 2))).toEqual([]);
    }
    expect(failedPlaces('python p50 > 1 ns', makeUnfit(1, 2))).toEqual([places[0]]);
    expect(listFailures('python p50 > 1 s', makeUnfit(0, 1, 2))).toEqual([
      'python p50 > 1 s: the run: nothing was measured',
    ]);
  });

  it('reports a failure where the stack was not measured', () => {
    expect(listFailures('javascript/typescript p50 > 9')).toEqual([
      'javascript/typescript p50 > 9: readdir, same CPU: nothing was measured',
    ]);
    expect(listFailures('python p50 > 9 s', simulateRun({}, []))).toHaveLength(1);
  });
});
