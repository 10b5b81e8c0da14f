/** Completion for zsh: a list of specifications for `_arguments` for each command. */

import { FS_TYPE } from '../../runtime/mount/mountinfo.ts';
import type { Kind } from '../../terminal/completion-kinds.ts';
import type { CommandGrammar, Grammar, OptionGrammar } from './grammar.ts';

/** As one word of the script. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A text in a specification, in which colons and brackets end it. */
const literal = (text: string): string => text.replace(/[\\:[\]]/g, '\\$&');

/** What _alternative and _arguments call for a kind. */
function action(kind: Kind): string {
  if (kind === 'free') return ' ';
  if (kind === 'folder') return '_directories';
  if (kind === 'mount') return '_glossa_mounts';
  if ('files' in kind) {
    if (kind.files.length === 0) return '_files';
    return `_files -g "*(${kind.files.join('|')})(-.)"`;
  }
  return kind.several ? `_sequence compadd - ${kind.words.join(' ')}` : `(${kind.words.join(' ')})`;
}

function option({ name, short, help, repeats, value }: OptionGrammar): string {
  const ways = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
  const others = repeats ? '*' : `(${ways.join(' ')})`;
  const says = `[${literal(help)}]`;
  const takes = value === null ? '' : `:${literal(value.label)}:${action(value.kind)}`;
  // An option's value may stand behind '=', that of a letter directly behind it.
  const forms = ways.map((way) => way + (value === null ? '' : way.startsWith('--') ? '=' : '+'));
  return forms.map((form) => quote(`${others}${form}${says}${takes}`)).join(' ');
}

/** Between braces an action is called as it is written, which suits _alternative alone. */
function anyOf(label: string, kinds: readonly Kind[]): string {
  if (kinds.length === 1) return action(kinds[0]!);
  const each = kinds.map((kind) => `"x:${label}:${action(kind).replace(/["\\]/g, '\\$&')}"`);
  return `{_alternative ${each.join(' ').replaceAll(':', '\\:')}}`;
}

const describe = ({ name, summary }: CommandGrammar): string =>
  quote(`${name.replaceAll(':', '\\:')}:${summary}`);

function specifications({ name, options, operands }: CommandGrammar): string {
  const places = operands.map(({ label, kinds, repeats }, at) =>
    quote(`${repeats ? '*' : at + 1}:${literal(label)}:${anyOf(label, kinds)}`),
  );
  const lines = [...options.map(option), ...places].map((line) => `                ${line}`);
  return `        ${quote(name)})
            specs=(
${lines.join('\n')}
            ) ;;`;
}

/** @returns a file for a folder of `fpath`, which can also be sourced */
export function zsh(grammar: Grammar): string {
  const single = grammar.filter(({ name }) => !name.includes(' '));
  const double = grammar.filter(({ name }) => name.includes(' '));
  const withRest = grammar.filter(({ hasRest }) => hasRest).map(({ name }) => quote(name));
  return `#compdef glossa
# Completion of glossa for zsh, as 'glossa setup completion zsh' prints it.

_glossa_mounts() {
    local -a lines mounts expl
    lines=("\${(@f)$(</proc/self/mounts)}")
    mounts=(\${\${\${(M)lines:#* ${FS_TYPE} *}#* }%% *})
    mounts=("\${(@g:o:)mounts}")
    _wanted mounts expl mount compadd -a mounts
}

_glossa() {
    local command rest
    local -a names specs
    names=(
${single.map((command) => `        ${describe(command)}`).join('\n')}
    )
    if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
        _describe -t commands command names
        return
    fi
    # 'glossa -f VOLFILE MNT' is 'glossa mount'.
    if [[ $words[2] == -* ]]; then
        words=(mount "\${(@)words[2,-1]}")
    else
        shift words
        ((CURRENT--))
    fi
    command=$words[1]
    case "$command \${words[2]-}" in
        ${double.map(({ name }) => quote(name)).join('|')})
            if ((CURRENT > 2)); then
                command="$words[1] $words[2]"
                shift words
                ((CURRENT--))
            fi ;;
    esac
    rest=\${words[(i)--]}
    if ((rest < CURRENT)); then
        case $command in
            ${withRest.join('|')}) shift $rest words; ((CURRENT -= rest)); _normal ;;
        esac
        return
    fi
    case $command in
${grammar.map(specifications).join('\n')}
    esac
    _arguments -s -S "$specs[@]"
}

if [[ $funcstack[1] == _glossa ]]; then
    _glossa "$@"
else
    compdef _glossa glossa
fi
`;
}
