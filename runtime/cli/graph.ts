/** `glossa graph`: a picture of a volfile. Types need not be known here, only drawn. */
import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { plainVolumes } from '../graph/description.ts';
import { type RenderFormat, renderers } from '../graph/render.ts';
import { defineCommand } from './command.ts';
import { EXIT_OK, Failure } from './exit.ts';
import { choice, takeOperands, text, toggle } from './flags.ts';
import { reason } from './reason.ts';
import { describeOrFail, inspectFile } from './volfiles.ts';

const formats = Object.keys(renderers) as RenderFormat[];

/** What the names of files end in. */
const extensions: Readonly<Record<string, RenderFormat>> = {
  '.svg': 'svg',
  '.dot': 'dot',
  '.gv': 'dot',
  '.mmd': 'mermaid',
};

export default defineCommand({
  usage: ['glossa graph VOLFILE [options]'],
  description:
    'Draws the graph of VOLFILE, the top first. Any volfile can be drawn, whether its types are ' +
    'known or not.',
  flags: {
    format: choice({
      value: 'FORMAT',
      values: formats,
      help: `${formats.join(', ')}; without it, what the end of FILE says, or tree`,
    }),
    options: toggle({ help: 'with the options of each volume' }),
    output: text({ short: 'o', value: 'FILE', help: 'write to FILE' }),
    'allow-shell': toggle({ help: 'run the commands in backticks of the volfile' }),
  },
  async run({ flags, operands }, terminal) {
    const [file] = takeOperands(operands, ['VOLFILE']);
    const inspection = await inspectFile(file, { allowShell: flags['allow-shell'] });
    const volumes = plainVolumes(describeOrFail(inspection, terminal));
    const { output } = flags;
    const format = flags.format ?? extensions[extname(output ?? '')] ?? 'tree';
    const picture = renderers[format](volumes, { options: flags.options });
    if (output === undefined) terminal.out(picture.trimEnd());
    else write(output, picture);
    return EXIT_OK;
  },
});

function write(path: string, picture: string): void {
  try {
    writeFileSync(path, picture);
  } catch (error) {
    throw new Failure(`cannot write ${path}: ${reason(error)}`);
  }
}
