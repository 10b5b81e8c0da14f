import { describe, expect, it } from 'vitest';
import { readFlags } from '../../../terminal/flags.ts';
import { runCommand } from '../../../test/support/cli.ts';
import { benchFlags, parseSettings } from './settings.ts';

function settings(...args: string[]) {
  const { flags, rest } = readFlags(benchFlags, args, { passesRest: true });
  return parseSettings(flags, rest);
}

describe('the settings of glossa bench', () => {
  it('let a run of two stacks end within a minute by default', () => {
    const { workloads, placements, rounds, seconds, clients } = settings();
    expect(workloads).toEqual(['miss', 'hit', 'phpsim', 'smallfile', 'seqread', 'randread']);
    expect(placements).toEqual(['same']);
    expect(clients).toBe(1);
    // Two stacks end within a minute: with the warm-up, and a second or two for starts.
    expect(workloads.length * 2 * ((rounds + 2) * seconds + 1.5)).toBeLessThan(60);
  });

  it('accept several workloads and placements, separated by commas or in separate arguments', () => {
    const { workloads, placements } = settings(
      '-w',
      'miss,hit',
      '-w',
      'readdir',
      '--cpu',
      'free,same',
    );
    expect(workloads).toEqual(['miss', 'hit', 'readdir']);
    expect(placements).toEqual(['free', 'same']);
  });

  it('measure a command after -- instead of the default workloads, or beside those of -w', () => {
    expect(settings('--', 'ls', '-l').workloads).toEqual(['command']);
    const both = settings('-w', 'miss', '--', 'ls', '-l');
    expect(both.workloads).toEqual(['miss', 'command']);
    expect(both.command).toEqual(['ls', '-l']);
  });

  it('let the kernel cache attributes, but no names, by default', () => {
    const of = (...args: string[]) => settings(...args).mountFlags;
    expect(of()).toEqual(['--entry-timeout=0', '--attribute-timeout=1', '--negative-timeout=0']);
    expect(of('--negative-timeout', '60', '--no-passthrough').slice(2)).toEqual([
      '--negative-timeout=60',
      '--no-passthrough',
    ]);
  });

  it('measure in the process what needs no mount', () => {
    const { workloads, mountFlags, inProcess } = settings('--in-process');
    expect({ workloads, mountFlags, inProcess }).toEqual({
      workloads: ['miss', 'hit', 'phpsim', 'smallfile', 'seqread', 'randread'],
      mountFlags: [],
      inProcess: true,
    });
    expect(settings('--in-process', '-w', 'hit,phpsim').workloads).toEqual(['hit', 'phpsim']);
  });

  it.each<[string[], string]>([
    [['--in-process', '-w', 'readdir'], "does not know 'readdir'"],
    [['--in-process', '--clients', '2'], '--in-process takes one client'],
    [['--in-process', '--', 'ls'], '--in-process runs no COMMAND'],
    [['--in-process', '--with', 'libfuse'], '--with is for mounts'],
    [['--in-process', '--entry-timeout', '1'], '--entry-timeout is for mounts'],
    [['--in-process', '--no-passthrough'], '--no-passthrough is for mounts'],
    [['-w', 'hti'], "--workload does not know 'hti' (did you mean 'hit'?)"],
    [['-w', 'command'], "--workload does not know 'command'"],
    [['--cpu', 'sane'], "--cpu does not know 'sane' (did you mean 'same'?)"],
    [['--with', 'gluster'], "--with does not know 'gluster' (did you mean 'glusterfs'?)"],
    [['--rounds', '0'], '--rounds takes at least 1'],
    [['--duration', '0'], '--duration takes more than 0 seconds'],
    [['--clients', '65'], '--clients takes 1 to 64'],
    [['--'], "COMMAND is missing behind '--'"],
  ])('refuse the flags %j', (args, message) => {
    expect(() => settings(...args)).toThrow(message);
  });

  it.each<[string[], string]>([
    [[], 'VOLFILE is missing, or --translator'],
    [['--translator', 'negative'], '--translator needs --in'],
    [['--in', 'python', 'a.vol'], '--in goes with --translator'],
    [['--translator', 'negative', '--in', 'pyton'], "'pyton' (did you mean 'python'?)"],
    [['--translator', 'negative', '--in', 'python', '--option', 'x'], '--option takes KEY=VALUE'],
    [['--translator', 'negative', '--in', 'python', 'a.vol'], "unexpected 'a.vol'"],
    [
      ['--translator', 'negative', '--in', 'typescript,python', '--rounds', '5'],
      '--rounds takes at least 6 where stacks are compared',
    ],
  ])('refuse the flags %j before any stack starts', async (args, message) => {
    const { status, err } = await runCommand(['bench', ...args]);
    expect(err).toContain(message);
    expect(status).toBe(2);
  });

  it('refuse a --translator that is neither in the working directory nor among the examples', async () => {
    const { status, err } = await runCommand(['bench', '--translator', 'no', '--in', 'python']);
    expect(err).toContain("there is no 'no', neither here nor among the examples");
    expect(status).toBe(1);
  });
});
