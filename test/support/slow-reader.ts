/**
 * Runs glossa with its standard output in a full pipe, whose reader waits until glossa waits or has
 * ended.
 */
import { GLOSSA, type Outcome, run, type Scratch } from './mount.ts';

/**
 * The script fills the pipe first, so that any output has to wait. glossa is idle when its line in /proc
 * stays the same; a reader that starts too early tests less, but fails no test.
 */
const script = `
{ head -c 65536 /dev/zero; sh -c 'echo $$ >pid; exec "$@"' sh "$@"; echo $? >status; } | {
  last= same=0
  while [ $same -lt 8 ]; do
    sleep 0.05
    test -s pid || continue
    read -r now 2>/dev/null </proc/$(cat pid)/stat || break
    if [ "$now" = "$last" ]; then same=$((same + 1)); else same=0; fi
    last=$now
  done
  tail -c +65537
}
exit $(cat status)
`;

/** The output that arrives, and how glossa ended. `input` is a shell's redirection of standard input. */
export const readSlowly = (
  scratch: Scratch,
  args: readonly string[],
  input = '</dev/null',
): Promise<Outcome> =>
  run(scratch, 'bash', [
    '-c',
    script.replace('exec "$@"', `exec "$@" ${input}`),
    'bash',
    process.execPath,
    GLOSSA,
    ...args,
  ]);
