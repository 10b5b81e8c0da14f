/** Tests of experiments, on targets without servers. */
import { expect, it } from 'vitest';
import { MeasurementError, WrongAnswers } from '../../apps/bench/engine/measurement-error.ts';
import { makeBench } from '../support/bench.ts';
import { makeFolder } from '../support/folder.ts';
import { type Experiment, runExperiment } from './experiment.ts';
import { judgeFigure } from './figures.ts';
import { formatSection, hold } from './table.ts';

type Name = 'mine' | 'other' | 'absent' | 'bad';

const folder = makeFolder();

const makeKind = (title: string) => ({ title, start: async () => ({ pid: null, root: title }) });

const makeExperiment = (turns: string[]): Experiment<Name> => ({
  what: 'walking',
  unitText: 's, median of',
  rounds: 2,
  targets: {
    mine: makeKind('mine'),
    other: makeKind('other'),
    absent: {
      title: 'absent',
      start: () => Promise.reject(new MeasurementError('it is missing (apt install it)')),
    },
    bad: makeKind('bad'),
  },
  first: 'other',
  prepare:
    async () =>
    async (target, { placement, round }) => {
      turns.push(`${placement} ${target.root} ${round}`);
      if (target.root === 'bad' && round === 1) throw new WrongAnswers('3 of 7 answers were wrong');
      // Those of round 0 count for nothing.
      return { time: round === 0 ? 1000 : (target.root === 'mine' ? 3 : 2) * round };
    },
  key: 'time',
  columns: [
    ['time', 'time'],
    ['× other', 'time', 'ratio'],
  ],
  held: (['other', 'absent', 'bad'] as const).map((other) =>
    hold(`mine / ${other}`, ['mine', other], ['≤ 2', '≤ 2']),
  ),
  settings: { shoes: 2 },
});

it('a benchmark starts each round with another target and compares the targets within each round', async () => {
  const turns: string[] = [];
  const { sections, figures, raw } = await runExperiment(makeBench(folder), makeExperiment(turns));
  const same = turns.filter((turn) => turn.startsWith('same '));
  // Round by round, each time begun by another target; 'bad' answers wrongly in its first round.
  expect(same.map((turn) => turn.slice('same '.length))).toEqual([
    ...['mine 0', 'other 0', 'bad 0'],
    ...['bad 1', 'other 1', 'mine 1'],
    ...['other 2', 'mine 2'],
  ]);
  expect(formatSection(sections[0]!).split('\n')).toEqual([
    'walking, same CPU: s, median of 2 rounds [lowest – highest]',
    '           time                   × other',
    '  mine     4.50 [3.00 – 6.00] ?   1.50 ?',
    '  other    3.00 [2.00 – 4.00] ?   1.00 ?',
    '  absent   not measured: it is missing (apt install it)',
    '  bad      wrong: 3 of 7 answers were wrong',
  ]);
  // A machine with one CPU has no placement on different ones.
  const judgedFigures = figures.filter(({ what }) => !what.includes('different'));
  expect(judgedFigures.map((figure) => [figure.what, judgeFigure(figure)])).toEqual([
    ['mine / other, same CPU', 'met'],
    ['mine / other, unpinned', 'no bar'],
    ['mine / absent, same CPU', 'not measured'],
    ['mine / absent, unpinned', 'not measured'],
    ['mine / bad, same CPU', 'wrong'],
    ['mine / bad, unpinned', 'wrong'],
  ]);
  expect(figures[0]!.value).toMatchObject({ median: 1.5, low: 1.5, high: 1.5 });
  expect(raw).toMatchObject({
    rounds: 2,
    shoes: 2,
    places: {
      same: {
        mine: [{ time: 3 }, { time: 6 }],
        absent: { missing: 'it is missing (apt install it)' },
      },
    },
  });
});

it('a benchmark whose preparation fails measures nothing and prints the reason once', async () => {
  const turns: string[] = [];
  const { sections, figures } = await runExperiment(makeBench(folder), {
    ...makeExperiment(turns),
    prepare: () => Promise.reject(new MeasurementError('gcc is missing (apt install gcc)')),
  });
  expect(turns).toEqual([]);
  expect(formatSection(sections[0]!)).toBe(
    'walking, same CPU: s, median of 2 rounds [lowest – highest]\n' +
      '  not measured: gcc is missing (apt install gcc)',
  );
  expect(new Set(figures.map(judgeFigure))).toEqual(new Set(['not measured']));
});

it('an interrupted benchmark reports the CPU placements that it has finished measuring', async () => {
  const stop = new AbortController();
  const { sections, raw } = await runExperiment(
    { ...makeBench(folder), signal: stop.signal },
    {
      ...makeExperiment([]),
      places: ['same', 'free'],
      prepare: async () => async (_, turn) => {
        if (turn.placement === 'free') stop.abort(new Error('interrupted'));
        stop.signal.throwIfAborted();
        return { time: 1 };
      },
    },
  );
  expect(sections).toHaveLength(1);
  const { places } = raw as { places: Record<string, object> };
  expect(places).toMatchObject({ same: { mine: [{ time: 1 }, { time: 1 }] } });
  expect(Object.keys(places)).toEqual(['same']);
});
