/**
 * A volume that comes up late, never, or goes down and comes up again, under a real mount: it waits,
 * or fails with the volume's name; programs with open files continue.
 */
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, startMount, withScratch } from '../test/support/mount.ts';

/** Up after a while, or never; down and up again when names of these words are looked up. */
const modules = {
  'm.py': `from glupy import Option, Translator
class xlator(Translator):
    options = {"late": Option.bool(True)}
    def init(self):
        self.say_up(False)
        if self.options["late"]:
            self.timer(0.3, self.say_up)
    def lookup(self, frame, loc, xdata):
        if loc.name in ("down", "up"):
            self.say_up(loc.name == "up")
        frame.wind()
`,
  'm.js': `import { Option, Translator } from 'glossa';
export class xlator extends Translator {
  static options = { late: Option.bool(true) };
  init() {
    this.sayUp(false);
    if (this.options.late) this.timer(0.3, () => this.sayUp());
  }
  lookup(frame, loc) {
    if (loc.name === 'down' || loc.name === 'up') this.sayUp(loc.name === 'up');
    frame.wind();
  }
}
`,
  'm.ts': `import { defaultNotify, defineOptions, defineTranslator, isChange, sayUp, tail } from 'glossa';
const options = defineOptions({ late: { type: 'bool', default: true, description: 'Or never.' } });
export default defineTranslator({
  type: 'test/late', description: 'Comes up late.', children: [1, 1], options,
  fops: {
    lookup(frame, xl, loc, xdata) {
      if (loc.name === 'down' || loc.name === 'up') sayUp(xl, loc.name === 'up');
      tail.lookup(frame, xl.children[0], loc, xdata);
    },
  },
  notify(xl, event, data) {
    if (!isChange(event)) defaultNotify(xl, event, data);
    else if (xl.priv.late) xl.context.after(300, () => sayUp(xl, true));
  },
  init: (_xl, { late }) => ({ late }),
});
`,
} as const;

/** Writes down what it hears of being up. */
const EAR = `import { defaultNotify, defineTranslator } from 'glossa';
export default defineTranslator({
  type: 'test/ear', description: 'Listens.', children: [1, 1], options: {}, fops: {}, init: () => null,
  notify(xl, event, data) {
    xl.log.info('hears ' + event);
    defaultNotify(xl, event, data);
  },
});
`;

function volfile(module: string, late: boolean): string {
  const isTs = module.endsWith('.ts');
  const [type, key] = isTs ? ['native', 'module-path'] : ['glupy', 'module-name'];
  return `volume storage
    type storage/memory
end-volume
volume late
    type features/${type}
    option ${key} ${module}
    option late ${late}
    subvolumes storage
end-volume
volume ear
    type features/native
    option module-path ear.ts
    subvolumes late
end-volume
`;
}

const heard = (log: string): string[] =>
  [...log.matchAll(/ 0-ear: hears (CHILD_\w+)/g)].map(([, event]) => event!);

describeMounts('a volume', () => {
  const names = Object.keys(modules) as (keyof typeof modules)[];

  it.each(names)(
    'keeps open files usable while it is down and after it comes up again: %s',
    (name) =>
      withScratch(async (scratch) => {
        await scratch.writeFile(name, modules[name]);
        await scratch.writeFile('ear.ts', EAR);
        const mount = await startMount(scratch, volfile(name, true));
        const events: string[] = [];
        const hears = async (event: string): Promise<void> => {
          events.push(event);
          await expect.poll(() => heard(mount.log()), { timeout: 60_000 }).toEqual(events);
        };
        const asks = (word: string): Promise<void> =>
          expect(fs.stat(join(mount.path, word))).rejects.toMatchObject({ code: 'ENOENT' });
        await hears('CHILD_UP');
        const file = await fs.open(join(mount.path, 'file'), 'w+');
        try {
          await file.write('before ');
          await asks('down');
          await hears('CHILD_DOWN');
          await file.write('while ');
          expect(await fs.readdir(mount.path)).toEqual(['file']);
          await asks('up');
          await hears('CHILD_UP');
          await file.write('after');
          expect(String(await fs.readFile(join(mount.path, 'file')))).toBe('before while after');
        } finally {
          await file.close();
        }
        expect(await mount.stop()).toBe(0);
      }),
  );

  it.each(names)(
    'makes glossa mount fail with an error that names the volume if it never comes up: %s',
    (name) =>
      withScratch(async (scratch) => {
        await scratch.writeFile(name, modules[name]);
        await scratch.writeFile('ear.ts', EAR);
        await scratch.writeFile('m.vol', volfile(name, false));
        await scratch.makeFolder('mnt');
        const log = scratch.at('log');
        const args = ['mount', 'm.vol', 'mnt', '-l', log, '--up-timeout', '0.5'];
        const { status, out, err } = await runGlossa(scratch, args);
        expect({ status, out }).toEqual({ status: 1, out: '' });
        expect(err).toMatch(
          /m\.vol:4:8: volume 'late' \(features\/\w+\): has not come up within 0\.5 s, though what is below it has\n/,
        );
        expect(scratch.findMounts()).toEqual([]);
        expect(await fs.readFile(log, 'utf8')).toContain('has not come up within 0.5 s');
      }),
  );
});
