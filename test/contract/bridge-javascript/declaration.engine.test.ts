/**
 * Tests of a JavaScript module's declarations: warnings about likely mistakes, and none about valid
 * names.
 */
import { describe, expect, it } from 'vitest';
import { startModule } from '../../support/module.ts';

const HEAD = "import { Option, Translator } from 'glossa';\n";

const onlyWarnings = (lines: readonly string[]): string[] =>
  lines
    .filter((line) => line.startsWith('W '))
    .map((line) => line.replace(/^W \[m\.js:(\d+):.*?\] 0-top: /, '$1 '));

describe('a declaration in a JavaScript module', () => {
  it('causes a warning with its line when glossa never calls or reads it', async () => {
    const source = `${HEAD}function mkdir(frame) { frame.wind(); }
export function init() {}
export class xlator extends Translator {
  // static opendir(frame) { of an example }
  static option = { a: Option.int(1) };
  static limit = Option.int(5);
  static observe = true;
  init() { this.observes = true; }
  static unlink(frame, loc) { frame.wind(); }
  opendir(frame) { frame.fail(1); }
  stat(frame, xdata, loc) { frame.wind(); }
  opendir(frame, loc) { frame.wind(); }
  access(loc, mask) {}
}
`;
    const away = "is no method of the translator's class, and is never called";
    expect(onlyWarnings((await startModule({ 'm.js': source })).takeLines())).toEqual([
      `2 mkdir ${away}`,
      `10 unlink ${away}`,
      '11 opendir is defined once more in line 13, and that one counts',
      '9 observes belongs to the class: what an instance is given is never read',
      "6 option is never read (did you mean 'options'?)",
      '7 limit is no option: options = {…} of the class names all of them',
      "8 observe is never read (did you mean 'observes'?)",
      "12 stat is called with (frame, loc, xdata): its 'xdata' gets the loc",
      "14 access is called with (frame, loc, mask, xdata): its 'loc' gets the frame",
    ]);
  });

  it('causes no warning when the module itself uses it', async () => {
    const source = `${HEAD}function stat(frame, ...args) { frame.wind(...args); }
const table = {
  opendir(frame) { frame.fail(1); },
  mkdir(frame) { frame.fail(1); },
};
function refuse(frame) { table[frame.name](frame); }
export class xlator extends Translator {
  static option = Option.int(5);
  static options = { limit: this.option };
  static rmdir(frame) { frame.fail(1); }
  opendir(frame, { path }, xdata = null) { refuse(frame, path, xdata); }
  access(frame, where, how, xdata) { xlator.rmdir(frame, where, how, xdata); }
  fsync(frame, ...args) { frame.wind(...args); }
}
xlator.prototype.stat = stat;
`;
    expect(onlyWarnings((await startModule({ 'm.js': source })).takeLines())).toEqual([]);
  });

  it.each([
    ['observes is no boolean', "static observes = 'no';", /m\.js: static observes must be true or/],
    ['options is a field', 'options = {};', /m\.js: options belongs to the class: write static/],
    ['a fop is a value', 'stat = 5;', /stat is a field: write a method, stat\(…\)/],
    ['there is self', 'stat(self, frame, loc, xdata) {}', /m\.js:3: stat .*, not \(self, frame, l/],
  ])('prevents the start when %s', async (_, body, message) => {
    const source = `${HEAD}export class xlator extends Translator {\n  ${body}\n}\n`;
    await expect(startModule({ 'm.js': source })).rejects.toThrow(message);
  });
});
