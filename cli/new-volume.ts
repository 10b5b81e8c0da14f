/** `glossa new volume`: writes the volfiles of a volume over folders of this machine. */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { number, quietFlag, text } from '../terminal/flags.ts';
import { pathFrom, programIn, shellWord } from '../terminal/invocation.ts';
import { reason } from '../terminal/reason.ts';
import { note, paint, type Terminal } from '../terminal/terminal.ts';
import { formatSteps, type Step } from './new/kinds.ts';
import { refuseExisting, writeTexts } from './new/template-files.ts';
import { brickFile, clientFile, type NewVolume, volumeTexts } from './new/volume.ts';

const PORT_MAX = 65_535;
/** The names that libgfapi accepts. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;

export default defineCommand({
  usage: ['glossa new volume NAME DIR… [options]'],
  description:
    'Writes the volfiles of a volume NAME whose bricks are the folders DIR of this machine: one for each ' +
    'brick, as glusterfsd takes it, and NAME.vol for clients; and says what to type next. Folders that ' +
    'are not there are made. With several, files are spread over them by cluster/distribute. ' +
    'Everything listens on loopback alone. Nothing is overwritten.',
  flags: {
    ...quietFlag,
    out: text({ value: 'FOLDER', help: 'write into this folder (./NAME)' }),
    port: number({
      value: 'N',
      whole: true,
      help: 'the port of the first brick, the next ones follow; without it, ports that are free',
    }),
  },
  kinds: { FOLDER: 'folder' },
  async run({ flags, operands }, terminal) {
    const [name, ...given] = operands;
    if (name === undefined) throw new UsageError('NAME and DIR are missing');
    if (given.length === 0) throw new UsageError('DIR is missing: the folder of a brick');
    if (!NAME.test(name)) {
      const rule = 'letters, digits, _ and -, none of the last in front';
      throw new UsageError(`'${name}' cannot be the name of a volume: it has ${rule}`);
    }
    const directories = given.map((each) => resolve(each));
    const twice = directories.find((each, at) => directories.indexOf(each) !== at);
    if (twice !== undefined) throw new UsageError(`${twice} is given twice: a brick has its own`);
    const ports = await portsFor(directories.length, flags.port);
    const volume: NewVolume = {
      name,
      bricks: directories.map((directory, at) => ({ directory, port: ports[at]! })),
    };
    const folder = flags.out ?? name;
    write(volume, folder, terminal);
    note(`\nnow type:\n${formatSteps(steps(volume, folder))}`, terminal);
    return EXIT_OK;
  },
});

/** @throws {Failure} */
function write(volume: NewVolume, folder: string, terminal: Terminal): void {
  const texts = volumeTexts(volume);
  if (texts.size <= volume.bricks.length) {
    throw new Failure('two of the folders would get files of the same name: choose other names');
  }
  refuseExisting(texts, folder);
  const did = (what: string, path: string): void =>
    note(`${paint('good', what, terminal.colour.out)} ${path}`, terminal);
  for (const { directory } of volume.bricks) {
    try {
      if (mkdirSync(directory, { recursive: true }) !== undefined) did('made', directory);
    } catch (error) {
      throw new Failure(`cannot make the folder ${directory}: ${reason(error)}`);
    }
  }
  writeTexts(texts, folder);
  for (const path of texts.keys()) did('wrote', join(folder, path));
}

function steps({ name, bricks }: NewVolume, folder: string): Step[] {
  const here = process.cwd();
  const glossa = programIn(here);
  const at = (file: string): string => shellWord(pathFrom(here, join(folder, file)));
  return [
    ...bricks.map(({ directory, port }): Step => {
      const file = at(brickFile(name, directory));
      return [`${glossa} brick ${file}`, `serves ${directory} at port ${port}`];
    }),
    [`${glossa} mount ${at(clientFile(name))} MNT`, 'mounts it'],
    [`${glossa} brick volfiles ${shellWord(pathFrom(here, folder))}`, 'gives clients the volfile'],
    [`mount -t glusterfs 127.0.0.1:/${name} MNT`, 'mounts it by the client of GlusterFS'],
  ];
}

/** @throws {Failure | UsageError} */
async function portsFor(count: number, first: number | undefined): Promise<number[]> {
  if (first === undefined) return freePorts(count);
  if (first < 1 || first + count - 1 > PORT_MAX) {
    throw new UsageError(`--port takes a number from 1 to ${PORT_MAX - count + 1}, not '${first}'`);
  }
  return Array.from({ length: count }, (_, at) => first + at);
}

/** Different free ports. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(
        (server) =>
          new Promise<number>((resolve, reject) => {
            server.once('error', (error) => reject(new Failure(`no free port: ${reason(error)}`)));
            server.listen(0, '127.0.0.1', () => {
              resolve((server.address() as { port: number }).port);
            });
          }),
      ),
    );
  } finally {
    for (const server of servers) server.close();
  }
}
