/** Parses the command lines of the programs beside the tests that run for minutes. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

const EXIT_USAGE = 2;

/** Ends the program for a wrong command line, with the reason and the usage. */
export function refuse(message: string, usage: string): never {
  process.stderr.write(`${message}\n\n${usage}`);
  process.exit(EXIT_USAGE);
}

/** Parses these options. `--help` prints the usage and ends the program. */
export function readOptions<const O extends Options>(usage: string, options: O): Values<O> {
  if (process.argv.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(usage);
    process.exit(0);
  }
  try {
    return parseArgs<{ options: O }>({ options }).values;
  } catch (error) {
    // parseArgs throws a TypeError for a wrong command line (ERR_PARSE_ARGS_…).
    if (!(error instanceof TypeError)) throw error;
    return refuse(error.message, usage);
  }
}
