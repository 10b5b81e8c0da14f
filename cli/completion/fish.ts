/** Completion for fish: a line for each command, option and operand, with the condition for it. */

import { FS_TYPE } from '../../runtime/mount/mountinfo.ts';
import type { Kind } from '../../terminal/completion-kinds.ts';
import type { CommandGrammar, Grammar, OptionGrammar } from './grammar.ts';

const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** Arguments of `complete` that offer a kind. */
function offered(kind: Kind): string {
  if (kind === 'free') return '';
  if (kind === 'folder') return ` -a '(__glossa_files /)'`;
  if (kind === 'mount') return ` -a '(__glossa_mounts)'`;
  if ('files' in kind) {
    return kind.files.length === 0 ? ' -F' : ` -a '(__glossa_files / ${kind.files.join(' ')})'`;
  }
  const words = kind.words.join(' ');
  return kind.several ? ` -a '(__fish_append , ${words})'` : ` -a ${quote(words)}`;
}

function optionLine(command: string, { name, short, help, value }: OptionGrammar): string {
  const ways = `-l ${name}${short === undefined ? '' : ` -s ${quote(short)}`}`;
  const takes = value === null ? '' : ` -x${offered(value.kind)}`.replace('-x -F', '-r -F');
  return `complete -c glossa -n ${quote(`__glossa_at '${command}'`)} ${ways}${takes} -d ${quote(help)}`;
}

function* lines({ name, options, operands }: CommandGrammar): Generator<string> {
  for (const option of options) yield optionLine(name, option);
  for (const [at, { kinds, repeats }] of operands.entries()) {
    const place = quote(`__glossa_at '${name}' ${repeats ? `${at + 1}-` : at + 1}`);
    for (const kind of kinds) {
      if (kind !== 'free') yield `complete -c glossa -n ${place}${offered(kind)}`;
    }
  }
}

/** What the options of a command are that the next word belongs to. */
function valued({ name, options }: CommandGrammar): string[] {
  const ways = options
    .filter(({ value }) => value !== null)
    .flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);
  if (ways.length === 0) return [];
  return [`        case ${quote(name)}\n            string split ' ' -- ${quote(ways.join(' '))}`];
}

/** @returns a file for a folder of vendor_completions.d, which can also be sourced; fish 3.1 */
export function fish(grammar: Grammar): string {
  const single = grammar.filter(({ name }) => !name.includes(' '));
  const double = grammar.filter(({ name }) => name.includes(' '));
  const withRest = grammar.filter(({ hasRest }) => hasRest).map(({ name }) => name);
  const summaries = single.map(
    ({ name, summary }) =>
      `complete -c glossa -n __glossa_at_command -a ${quote(name)} -d ${quote(summary)}`,
  );
  return `# Completion of glossa for fish, as 'glossa setup completion fish' prints it.

function __glossa_valued
    switch $argv[1]
${grammar.flatMap(valued).join('\n')}
    end
end

# Prints the command, and how many operands it has got; or -- and what stands behind it.
function __glossa_line
    set -l words (commandline -opc)[2..-1]
    set -q words[1]; or return 1
    # 'glossa -f VOLFILE MNT' is 'glossa mount'.
    string match -q -- '-*' $words[1]; and set -p words mount
    set -l command $words[1]
    set -e words[1]
    if set -q words[1]; and contains -- "$command $words[1]" ${double.map(({ name }) => quote(name)).join(' ')}
        set command "$command $words[1]"
        set -e words[1]
    end
    set -l valued (__glossa_valued $command)
    set -l operands 0
    while set -q words[1]
        if test "$words[1]" = --
            set -e words[1]
            contains -- $command ${withRest.join(' ')}; and printf '%s\\n' -- $words
            return
        else if contains -- $words[1] $valued
            set -e words[1]
        else if not string match -q -- '-*' $words[1]
            set operands (math $operands + 1)
        end
        set -e words[1]
    end
    string join \\n -- $command $operands
end

# The place for a command, and for what 'glossa mount' takes.
function __glossa_at_command
    test (count (commandline -opc)) = 1
end

# Whether this is the command; and the next operand the second ('2'), or the second or later ('2-').
function __glossa_at
    set -l line (__glossa_line)
    if not set -q line[1]
        test $argv[1] = mount; and not set -q argv[2]
        return
    end
    test "$line[1]" = $argv[1]; or return
    set -q argv[2]; or return 0
    set -l next (math $line[2] + 1)
    string match -q -- '*-' $argv[2]; and test $next -ge (string trim -c - -- $argv[2]); and return
    test $next = $argv[2]
end

function __glossa_at_rest
    set -l line (__glossa_line)
    test "$line[1]" = --
end

function __glossa_rest
    set -l line (__glossa_line)
    set -e line[1]
    complete -C (string join ' ' -- (string escape -- $line) (commandline -ct))
end

# Files whose names end so; folders do in '/'.
function __glossa_files
    set -l token (commandline -ct | string replace -r -- '^--[^=]*=' '')
    for file in (complete -C "__glossa_no_command $token" | string replace -r '\\t.*' '')
        for ending in $argv
            if string match -q -- "*$ending" $file
                echo $file
                break
            end
        end
    end
end

function __glossa_mounts
    for line in (string match -e ' ${FS_TYPE} ' < /proc/self/mounts)
        printf '%b\\n' (string split ' ' -- $line)[2]
    end
end

complete -c glossa -f
complete -c glossa -n __glossa_at_rest -a '(__glossa_rest)'
${summaries.join('\n')}
${grammar.flatMap((command) => [...lines(command)]).join('\n')}
`;
}
