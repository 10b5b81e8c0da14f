import { expect, it } from 'vitest';
import { readManualPages } from '../../test/support/manual.ts';
import { commands } from '../commands.ts';
import { escapeText } from './manual-pages.ts';

const pages = await readManualPages();

it('each command has a manual page, which glossa(1) lists', () => {
  for (const name of commands.keys()) {
    const page = name.startsWith('mount.') ? `${name}.8` : `glossa-${name.replace(' ', '-')}.1`;
    expect([...pages.keys()]).toContain(page);
    expect(pages.get('glossa.1')).toContain(
      `\\fB${escapeText(page.slice(0, -2))}\\fP(${page.at(-1)})`,
    );
  }
});

it('manual pages show version and date, the usages and options of commands, and all volume types', () => {
  const mount = pages.get('glossa-mount.1')!;
  expect(mount).toContain('.TH GLOSSA\\-MOUNT 1 2026-01-02 "glossa 1.2.3"\n');
  expect(mount).toContain('\\fBglossa\\fP \\fBmount\\fP \\fIVOLFILE\\fP \\fIMNT\\fP [options]\n');
  expect(mount).toContain('.TP\n\\fB\\-l\\fP, \\fB\\-\\-log\\-file\\fP \\fIFILE\\fP\n');
  const format = pages.get('glossa.vol.5')!;
  expect(format).toContain('\\&    type storage/posix\n');
  expect(format).toMatch(/\n\.SS features\/negative\n.*\n\.TP\n\\fBtimeout\\fP \(time\) = 1m\n/s);
});

it('escapeText escapes all characters that roff would interpret', () => {
  expect(escapeText("a\\b -c 'd' …")).toBe('a\\eb \\-c \\(aqd\\(aq ...');
  for (const [name, text] of pages) {
    const requests = [...text.matchAll(/^[.'](\S*)/gm)].map((match) => match[1]!);
    expect(
      requests.filter((it) => !/^(TH|SH|SS|TP|PP|RS|RE|nf|fi|br|sp)$/.test(it)),
      name,
    ).toEqual([]);
  }
});
