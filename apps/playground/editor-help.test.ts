import { describe, expect, it } from 'vitest';
import { structs } from '../../runtime/core/fields.ts';
import { registry } from '../../server/registry.ts';
import { collectEditorHelp } from './editor-help.ts';
import type { ModuleHelp } from './page-data.ts';

const editorHelp = collectEditorHelp(await registry.loadAll(), ['features/negative']);
const member = ({ classes }: ModuleHelp, type: string, name: string) =>
  classes[type]?.find((it) => it.name === name);
const fields = structs.find(({ name }) => name === 'Iatt')!.fields.length;

describe("the editor's completions", () => {
  it('have names, arguments and texts of the Python declarations', () => {
    const { python } = editorHelp;
    expect(python.names).toMatchObject({ self: 'Translator', newloc: 'Loc', postbuf: 'Iatt' });
    expect(member(python, 'Frame', 'fail')).toEqual({
      name: 'fail',
      args: '(op_errno: int, timeout: float | None = None)',
      type: 'None',
      description: expect.stringMatching(/^Answers with an errno: [^\n]+\ntimeout: seconds /),
    });
    expect(member(python, 'Frame', 'local')).toMatchObject({ args: '', type: 'Any' });
    expect(member(python, 'Frame', 'local')?.description).toMatch(/^your note from the fop /);
    expect(member(python, 'Loc', 'inode')?.type).toBe('Inode');
    expect(member(python, 'Child', 'lookup')?.args).toMatch(/^\(loc: Loc, /);
    expect(python.classes.Iatt?.filter(({ name }) => /^ia_(?!ino)/.test(name))).toHaveLength(
      fields,
    );
  });

  it('have names, arguments and texts of the JavaScript declarations, of merged classes too', () => {
    const { javascript } = editorHelp;
    expect(javascript.names).toMatchObject({ this: 'Translator', fdIn: 'Fd', postbuf: 'Iatt' });
    expect(member(javascript, 'Frame', 'windTo')?.description).toMatch(
      /^The same to another child/,
    );
    expect(member(javascript, 'Log', 'info')?.args).toBe('(...args: unknown[])');
    expect(member(javascript, 'Child', 'lookup')?.args).toMatch(/^\(loc: Loc, /);
    expect(member(javascript, 'Iatt', 'copy')?.description).toMatch(/^An independent object/);
    expect(javascript.classes.Iatt?.filter(({ name }) => /^ia(?!Ino)/.test(name))).toHaveLength(
      fields,
    );
    expect(member(javascript, 'Dict', 'size')).toBeDefined();
  });

  it.each(['python', 'javascript'] as const)(
    'have no fop among the methods that a translator calls, in %s',
    (kind) => {
      expect(member(editorHelp[kind], 'Translator', 'timer')).toBeDefined();
      expect(member(editorHelp[kind], 'Translator', 'lookup')).toBeUndefined();
    },
  );
});
