/** Checks of lessons in the playground, whose modules are texts in memory. */
import { expect, it } from 'vitest';
import { nodeMachine } from '../../../bridges/machine/node/index.ts';
import { openRecording } from '../../../runtime/observe/reader.ts';
import { onlyWinds, readEvents } from '../../../test/support/test-recordings.ts';
import { findLessons } from '../../course/terminal/lessons.ts';
import { PlaygroundRuntime } from './playground-runtime.ts';
import { joinOutput } from './shell/index.ts';

const runtime = new PlaygroundRuntime(nodeMachine);
const lessons = findLessons(undefined, {});
const text = (lesson: string, file: string): string =>
  lessons.find(({ name }) => name === lesson)!.read(file);
const judge = (lesson: string, module: string, source: string) =>
  runtime.judge({ lesson, module, texts: { '/other.vol': '', [module]: source } });

// A few lessons: other tests run all of them as files, in both languages, and in the page.
it.each([
  ['1-stack', 'py'],
  ['4-callback', 'js'],
  ['7-cache', 'py'],
  ['9-measure', 'js'],
])(
  'the check of lesson %s accepts the solution in %s and refuses the starter',
  async (lesson, ending) => {
    const module = `/${lesson.slice(2)}.${ending}`;
    const solution = await judge(lesson, module, text(lesson, `solution.${ending}`));
    expect(solution).toMatchObject({ passed: true });
    const starter = await judge(lesson, module, text(lesson, `starter.${ending}`));
    expect(starter).toMatchObject({ passed: false });
  },
);

it("the check of a lesson shows its requests under the volume names of the learner's volfile", async () => {
  const { traffic } = await judge('7-cache', '/cache.py', text('7-cache', 'solution.py'));
  const { requestCount, storageCount, byFop } = traffic!.counters;
  expect(byFop.lookup![0]).toBeGreaterThan(byFop.lookup![1]);
  const winds = onlyWinds(await readEvents(traffic!.recording));
  expect(new Set(winds.map(({ volume }) => volume))).toEqual(new Set(['cache', 'storage']));
  expect(winds.filter(({ volume }) => volume === 'cache').length).toBe(requestCount);
  expect(winds.filter(({ volume }) => volume === 'storage').length).toBe(storageCount);
  expect(openRecording(traffic!.recording).head.volumes).toMatchObject([
    { name: 'storage', subvolumes: [] },
    { name: 'cache', subvolumes: ['storage'] },
  ]);
  // Requests of all graphs of the check.
  const measured = await judge('9-measure', '/measure.js', text('9-measure', 'solution.js'));
  expect(measured.traffic!.counters.byFop.lookup![0]).toBeGreaterThan(200);
  expect((await judge('3-fop', '/fop.js', 'export class xlator {')).traffic).toBeNull();
});

it('a storage by path has its own files alone, is changed from the shell, and keeps that across a new start', async () => {
  const source = text('10-storage', 'solution.py').concat(
    '\n    def mkdir(self, path, mode):\n        FOLDERS["/"].append(path[1:])\n        FOLDERS[path] = []\n',
  );
  const texts = { '/graph.vol': text('10-storage', 'storage.vol'), '/storage.py': source };
  const start = (...journal: string[]) => runtime.start({ texts, distanceMs: 1, journal });
  expect(await start()).toMatchObject({ isRunning: true, problems: [] });
  const { output, journalLine } = await runtime.run('echo mine > note; cat note; ls');
  expect(joinOutput(output)).toBe('mine\nabout\nbooks\nnote');
  await start(journalLine!);
  expect(joinOutput((await runtime.run('cat books/moby; ls')).output)).toMatch(/^Call me.*note$/s);
  const { traffic } = await judge('10-storage', '/storage.py', source);
  expect(openRecording(traffic!.recording).head.volumes).toMatchObject([
    { name: 'storage', subvolumes: [] },
  ]);
});

it.each([
  ['/fop.py', 'class xlator\n', / fop\.py:1: SyntaxError/],
  ['/fop.js', 'export class xlator {', / fop\.js:1: SyntaxError/],
  [
    '/fop.py',
    'from glupy import Translator\n\nclass xlator(Translator):\n    def lookup(self, frame, loc, xdata):\n        while True: pass\n',
    /a loop that never ends/,
  ],
  ['/fop.js', text('3-fop', 'starter.js').replace('frame.wind', 'frame.wnid'), /fop\.js:\d+: /],
  ['/fop.py', '', /xlator/],
])('the check of the module %s explains the error in %j', async (module, source, said) => {
  const { passed, answer } = await judge('3-fop', module, source);
  expect(passed).toBe(false);
  expect(answer).toMatch(said);
  // Paths in the page's memory stay hidden.
  expect(answer).not.toMatch(/(^|\s)\/fop/);
});

it('the check of an unknown lesson throws an error that names the lesson', async () => {
  await expect(async () => judge('99-none', '/none.py', '')).rejects.toThrow(
    "no lesson is called '99-none'",
  );
});
