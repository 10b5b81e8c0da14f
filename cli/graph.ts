/** `glossa graph`: a picture of a volfile. Types need not be known here, only drawn. */
import { closeSync, writeFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { NONE } from '../runtime/core/log.ts';
import { openToWrite } from '../runtime/sys/write.ts';
import { activate, type Registry } from '../runtime/volfile/activate.ts';
import { shownVolumes, topOf, type VolfileDescription } from '../runtime/volfile/description.ts';
import { type RenderFormat, renderers } from '../runtime/volfile/render.ts';
import { NodeContext } from '../server/context.ts';
import { startOrFail } from '../server/started.ts';
import { describeOrFail, inspectFile } from '../server/volfiles.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { choice, quietFlag, takeOperands, text, toggle } from '../terminal/flags.ts';
import { reason } from '../terminal/reason.ts';
import { type DataPath, dataLines, dataPath } from './data-path.ts';
import { volfileFlags } from './volfile-flags.ts';

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
    data: toggle({ help: 'start the volumes, and say which of them see the data of files' }),
    json: toggle({
      help:
        'print {top, volumes: [{name, type, options: {KEY: VALUE}, subvolumes}], data}; data with ' +
        '--data only: {volumes: [{name, data: has|sees|passes|refuses, sees, guarded}], passthrough}',
    }),
    output: text({ short: 'o', value: 'FILE', help: 'write to FILE' }),
    ...quietFlag,
    'xlator-option': volfileFlags['xlator-option'],
    'allow-shell': volfileFlags['allow-shell'],
  },
  async run({ flags, operands }, terminal) {
    const [file] = takeOperands(operands, ['VOLFILE']);
    // Only what is to be started has to be known.
    const registry = flags.data ? (await import('../server/registry.ts')).registry : undefined;
    const inspection = await inspectFile(file, {
      registry,
      overrides: flags['xlator-option'],
      allowShell: flags['allow-shell'],
    });
    const description = describeOrFail(inspection, terminal);
    const volumes = shownVolumes(description);
    const { output, json } = flags;
    if (json && flags.format !== undefined) throw new UsageError('--json and --format: which?');
    // First of all the picture: what has to start for the rest may fail.
    const format = flags.format ?? extensions[extname(output ?? '')] ?? 'tree';
    const tell = (shown: string): void =>
      output === undefined ? terminal.out(shown.trimEnd()) : write(output, shown);
    if (!json) tell(renderers[format](volumes, { options: flags.options }));
    const data = registry && (await askForData(file, description, registry));
    if (json) tell(`${JSON.stringify(asObject(description, data), null, 2)}\n`);
    else if (data !== undefined) terminal.out(dataLines(data).join('\n'));
    return EXIT_OK;
  },
});

/** For programs: the volumes in the order of the file. */
function asObject(description: VolfileDescription, data: DataPath | undefined): object {
  const volumes = shownVolumes(description).map(({ options, ...volume }) => ({
    ...volume,
    options: Object.fromEntries(options),
  }));
  return { top: topOf(description).name.text, volumes, data };
}

/** Starts the volumes for as long as it takes to ask them. @throws {Failure} */
async function askForData(
  file: string,
  description: VolfileDescription,
  registry: Registry,
): Promise<DataPath> {
  const sink = { now: () => 0, write() {} };
  const context = new NodeContext({ sink, baseDir: dirname(resolve(file)), wake() {} });
  const graph = activate(description, registry, context, { default: NONE, volumes: new Map() });
  await startOrFail(graph);
  try {
    return dataPath(graph);
  } finally {
    await graph.stop();
  }
}

function write(path: string, picture: string): void {
  try {
    const fd = openToWrite(path, { mode: 0o666 });
    writeFileSync(fd, picture);
    closeSync(fd);
  } catch (error) {
    throw new Failure(`cannot write ${path}: ${reason(error)}`);
  }
}
