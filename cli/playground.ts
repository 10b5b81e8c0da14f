/**
 * `glossa playground`: serves the playground, a web page for writing, running and watching
 * translators; with --out, writes the page into a folder.
 */
import { once } from 'node:events';
import { writePlayground } from '../apps/playground/playground-folder.ts';
import { servePlayground } from '../apps/playground/playground-server.ts';
import { buildPlaygroundFiles } from '../apps/playground/static-files.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, UsageError } from '../terminal/exit.ts';
import { numberFlag, quietFlag, takeOperands, textFlag } from '../terminal/flags.ts';
import { Interruption } from '../terminal/interruption.ts';

/** The default of --port. */
const DEFAULT_PORT = 7458;
const PORT_MAX = 65_535;

export default defineCommand({
  usage: ['glossa playground [--port N]', 'glossa playground --out DIR'],
  description:
    'Serves a page in which a graph runs: write a translator in Python or JavaScript, send requests ' +
    'through it from a small shell, and see each of them go down and come up. The lessons of ' +
    'glossa learn are beside it, each with a link of its own. The page is served ' +
    'on this machine alone, until Ctrl-C; with --out it is written to DIR, for any web server.',
  flags: {
    port: numberFlag({
      placeholder: 'N',
      isWhole: true,
      help: `serve at this port of 127.0.0.1 (${DEFAULT_PORT}); 0 is any that is free`,
    }),
    out: textFlag({ placeholder: 'DIR', help: 'write the page to DIR instead' }),
    ...quietFlag,
  },
  async run({ flags: { port, out }, operands }, terminal) {
    takeOperands(operands, []);
    if (port !== undefined && out !== undefined)
      throw new UsageError('use either --port or --out, not both');
    if (port !== undefined && port > PORT_MAX) {
      throw new UsageError(`--port takes a number up to ${PORT_MAX}, not '${port}'`);
    }
    if (out !== undefined) {
      await writePlayground(out, buildPlaygroundFiles);
      if (terminal.verbosity !== 'quiet') terminal.out(`The page is ${out}/index.html.`);
      return EXIT_OK;
    }
    const interruption = new Interruption();
    try {
      const server = await servePlayground(buildPlaygroundFiles, port ?? DEFAULT_PORT);
      terminal.out(server.url);
      if (terminal.verbosity !== 'quiet') terminal.err('Open it in a browser; Ctrl-C ends it.');
      if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
      server.close();
      return EXIT_OK;
    } finally {
      interruption.close();
    }
  },
});
