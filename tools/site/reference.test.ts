/** The reference is complete: it is compared with the tables that it is generated from. */
import { describe, expect, it } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { fops } from '../../runtime/core/fops.ts';
import { registry } from '../../server/registry.ts';
import { readBuiltPages } from './built-site.ts';

const pages = new Map(readBuiltPages().map(({ path, html }) => [path, html]));
const readPageText = (path: string): string => {
  const html = pages.get(path);
  if (html === undefined) throw new Error(`there is no page ${path}`);
  return html.replace(/<[^>]+>/g, '').replaceAll('&lt;', '<');
};

describe('the reference', () => {
  it('has all fops', () => {
    const html = pages.get('/reference/fops.html')!;
    expect(fops.filter(({ name }) => !html.includes(` id="${name}"`))).toEqual([]);
  });

  it('has all translators with their options', async () => {
    await registry.loadAll();
    for (const type of registry.listTypeNames()) {
      const text = readPageText(`/reference/translators/${type.replace('/', '-')}.html`);
      const missing = Object.keys(registry.lookup(type)!.options).filter(
        (key) => !text.includes(key),
      );
      expect({ type, missing }).toEqual({ type, missing: [] });
    }
  });

  it('has all commands with their options', async () => {
    for (const [name, { load }] of commands) {
      const { flags } = (await load()).default;
      const text = readPageText(`/reference/cli/${name.replaceAll(/[ .]/g, '-')}.html`);
      const missing = Object.keys(flags).filter((flag) => !text.includes(`--${flag}`));
      expect({ name, missing }).toEqual({ name, missing: [] });
    }
  });

  it.each([
    ['python', ['Translator', 'Frame', 'Loc', 'Iatt', 'ia_size', 'unwind', 'entry_created']],
    ['javascript', ['Translator', 'Frame', 'Loc', 'Iatt', 'iaSize', 'unwind', 'entryCreated']],
  ])('has the whole API of modules in %s, and every fop', (language, names) => {
    const text = readPageText(`/reference/${language}.html`);
    const all = [...names, ...(language === 'python' ? fops.map(({ name }) => name) : [])];
    expect(all.filter((name) => !text.includes(name))).toEqual([]);
  });
});
