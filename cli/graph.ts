/** `glossa graph`: draws the graph of a volfile, even with unknown types. */
import { closeSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { openToWrite } from '../runtime/sys/guarded-write.ts';
import {
  findTopVolume,
  toMaskedVolumes,
  type VolfileDescription,
} from '../runtime/volfile/description.ts';
import { type RenderFormat, renderers } from '../runtime/volfile/render.ts';
import { describeOrFail, inspectFile } from '../server/volfiles.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, formatReason, UsageError } from '../terminal/exit.ts';
import { choiceFlag, quietFlag, takeOperands, textFlag, toggleFlag } from '../terminal/flags.ts';
import { volfileFlags } from './volfile-flags.ts';

const formats = Object.keys(renderers) as RenderFormat[];

/** The format for each extension of the output file; any other extension means a tree. */
const formatsByExtension: Readonly<Record<string, RenderFormat>> = {
  '.svg': 'svg',
  '.dot': 'dot',
  '.gv': 'dot',
};

export default defineCommand({
  usage: ['glossa graph VOLFILE [options]'],
  description:
    'Draws the graph of VOLFILE, the top first. Any volfile can be drawn, whether its types are ' +
    'known or not.',
  flags: {
    format: choiceFlag({
      placeholder: 'FORMAT',
      values: formats,
      help: `${formats.join(', ')}; without it, what the end of FILE says, or tree`,
    }),
    options: toggleFlag({ help: 'with the options of each volume' }),
    json: toggleFlag({
      help: 'print {top, volumes: [{name, type, options: {KEY: VALUE}, subvolumes}]}',
    }),
    output: textFlag({ short: 'o', placeholder: 'FILE', help: 'write to FILE' }),
    ...quietFlag,
    'xlator-option': volfileFlags['xlator-option'],
    'allow-shell': volfileFlags['allow-shell'],
  },
  async run({ flags, operands }, terminal) {
    const [file] = takeOperands(operands, ['VOLFILE']);
    const inspection = await inspectFile(file, {
      overrides: flags['xlator-option'],
      allowShell: flags['allow-shell'],
    });
    const description = describeOrFail(inspection, terminal);
    const volumes = toMaskedVolumes(description);
    const { output, json } = flags;
    if (json && flags.format !== undefined)
      throw new UsageError('use either --json or --format, not both');
    const format = flags.format ?? formatsByExtension[extname(output ?? '')] ?? 'tree';
    const text = json
      ? `${JSON.stringify(toJson(description), null, 2)}\n`
      : renderers[format](volumes, { showOptions: flags.options });
    if (output === undefined) terminal.out(text.trimEnd());
    else writeOutput(output, text);
    return EXIT_OK;
  },
});

/** Makes the object for --json; volumes are in the order of the file. */
function toJson(description: VolfileDescription): object {
  const volumes = toMaskedVolumes(description).map(({ options, ...volume }) => ({
    ...volume,
    options: Object.fromEntries(options),
  }));
  return { top: findTopVolume(description).name.text, volumes };
}

/** Writes the drawing, or the JSON, into a file. @throws {Failure} */
function writeOutput(path: string, text: string): void {
  try {
    const fd = openToWrite(path, { mode: 0o666 });
    writeFileSync(fd, text);
    closeSync(fd);
  } catch (error) {
    throw new Failure(`cannot write ${path}: ${formatReason(error)}`);
  }
}
