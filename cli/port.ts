/** `glossa port`: a module written in Python 2 made Python 3, shown as a diff or written. */
import { constants, copyFileSync, writeFileSync } from 'node:fs';
import { createTwoFilesPatch } from 'diff';
import { port } from '../runtime/port/port.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure } from '../terminal/exit.ts';
import { takeOperands, toggle } from '../terminal/flags.ts';
import { readNamedFile } from '../terminal/named-file.ts';
import { reason } from '../terminal/reason.ts';
import { paint, type Terminal } from '../terminal/terminal.ts';

export default defineCommand({
  usage: ['glossa port FILE', 'glossa port FILE --write'],
  description:
    'Makes the common changes that a module written in Python 2 needs to run here (print, has_key, ' +
    'except X, e, raise X, "m", octal numbers, names that changed, ...), and shows them as a ' +
    'unified diff. What a person has to decide is told with its line. The exit status is 1 when ' +
    'there is such a thing.',
  flags: {
    write: toggle({ help: 'change FILE, and keep what it was as FILE.orig' }),
  },
  async run({ flags, operands }, terminal) {
    const [file] = takeOperands(operands, ['FILE']);
    const source = await read(file);
    const { text, remarks } = port(source);
    if (text === source) terminal.err(`${file}: nothing to change`);
    else if (flags.write) write(file, text, terminal);
    else show(file, source, text, terminal);
    for (const { line, text: said } of remarks) {
      const label = paint('warning', 'look at this:', terminal.colour.err);
      terminal.err(`${file}:${line}: ${label} ${said}`);
    }
    return remarks.length > 0 ? EXIT_FAILURE : EXIT_OK;
  },
});

async function read(file: string): Promise<string> {
  const bytes = await readNamedFile(file, { name: file });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The decoder says no more than this.
    throw new Failure(`${file} is not UTF-8: convert it first, as by iconv -f LATIN1 -t UTF-8`);
  }
}

function write(file: string, text: string, terminal: Terminal): void {
  const kept = `${file}.orig`;
  try {
    copyFileSync(file, kept, constants.COPYFILE_EXCL);
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const why = exists ? 'it is there already; move it away first' : reason(error);
    throw new Failure(`cannot keep ${file} as ${kept}: ${why}`);
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Failure(`cannot write ${file}: ${reason(error)}; what it was is in ${kept}`);
  }
  terminal.err(`${file}: changed; what it was is in ${kept}`);
}

function show(file: string, source: string, text: string, terminal: Terminal): void {
  const patch = createTwoFilesPatch(file, file, source, text, 'Python 2', 'Python 3', {
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  }).trimEnd();
  const colours = { '+': 'good', '-': 'error', '@': 'dim' } as const;
  const lines = patch.split('\n').map((line) => {
    const style = /^(\+\+\+|---)/.test(line) ? 'bold' : colours[line[0] as keyof typeof colours];
    return style === undefined ? line : paint(style, line, terminal.colour.out);
  });
  terminal.out(lines.join('\n'));
}
