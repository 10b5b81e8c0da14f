/**
 * Completion for bash: two tables of what is known, and a function that walks the line with them. It
 * needs nothing of the package bash-completion, and uses it for a command behind `--`.
 */

import { FS_TYPE } from '../../runtime/mount/mountinfo.ts';
import type { Kind } from '../../terminal/completion-kinds.ts';
import type { CommandGrammar, Grammar } from './grammar.ts';

/** Kinds as words of the script: what `_glossa_offer` is called with. */
function offered(kind: Kind): string {
  if (typeof kind === 'string') return kind;
  if ('files' in kind) return ['files', ...kind.files].join(' ');
  return [kind.several ? 'several' : 'words', ...kind.words].join(' ');
}

/** Of a command: `NAME OPTION`, or `NAME NUMBER` of an operand, and what stands there. */
function* values({ name, options, operands }: CommandGrammar): Generator<string> {
  for (const { name: long, short, value } of options) {
    if (value === null) continue;
    const ways = [`--${long}`, ...(short === undefined ? [] : [`-${short}`])];
    yield `${ways.map((way) => `'${name} ${way}'`).join('|')}) glossa_kinds=('${offered(value.kind)}') ;;`;
  }
  for (const [at, { kinds, repeats }] of operands.entries()) {
    const place = repeats ? `'${name} '[0-9]*` : `'${name} ${at + 1}'`;
    yield `${place}) glossa_kinds=(${kinds.map((kind) => `'${offered(kind)}'`).join(' ')}) ;;`;
  }
}

const optionsOf = ({ name, options }: CommandGrammar): string => {
  const words = options.flatMap(({ name, short }) => [
    `--${name}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
  return `'${name}') glossa_options='${words.join(' ')}' ;;`;
};

const indent = (lines: Iterable<string>): string =>
  [...lines].map((line) => `        ${line}`).join('\n');

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join('|');

/** @returns a script for bash 4.0 or later */
export function bash(grammar: Grammar): string {
  const names = grammar.map(({ name }) => name);
  const withRest = grammar.filter(({ hasRest }) => hasRest).map(({ name }) => name);
  return `# Completion of glossa for bash, as 'glossa setup completion bash' prints it.

# Sets glossa_kinds: what stands behind an option of a command, or in one of its operands.
_glossa_values() {
    glossa_kinds=()
    case $1 in
${indent(grammar.flatMap((command) => [...values(command)]))}
    esac
}

# Sets glossa_options.
_glossa_options() {
    case $1 in
${indent(grammar.map(optionsOf))}
    esac
}

_glossa_is_command() {
    case $1 in ${quoted(names)}) ;; *) return 1 ;; esac
}

# Adds what can stand for the word that is typed: $1 is a kind, the others belong to it.
_glossa_offer() {
    # Without the backslashes before blanks, which what is offered gets from the shell.
    local kind=$1 ending type at before path=\${cur//\\\\/}
    shift
    case $kind in
        words) COMPREPLY+=($(compgen -W "$*" -- "$cur")) ;;
        several)
            before=
            [[ $cur != *,* ]] || before=\${cur%,*},
            COMPREPLY+=($(compgen -P "$before" -W "$*" -- "\${cur##*,}"))
            ;;
        folder | files)
            compopt -o filenames
            local IFS=$'\\n'
            COMPREPLY+=($(compgen -d -- "$path"))
            [[ $kind == files ]] || return
            [[ $# != 0 ]] || COMPREPLY+=($(compgen -f -- "$path"))
            for ending; do COMPREPLY+=($(compgen -f -X "!*$ending" -- "$path")); done
            ;;
        mount)
            while read -r _ at type _; do
                printf -v at %b "\${at//\\\\/\\\\0}"
                [[ $type != ${FS_TYPE} || $at != "$path"* ]] || COMPREPLY+=("$(printf %q "$at")")
            done < /proc/self/mounts
            ;;
    esac
}

_glossa() {
    local cur=\${COMP_WORDS[COMP_CWORD]} command= operand=0 awaited= word at kind
    local -a glossa_kinds
    local glossa_options=
    COMPREPLY=()
    for ((at = 1; at < COMP_CWORD; at++)); do
        word=\${COMP_WORDS[at]}
        if [[ -z $command ]]; then
            command=$word
            if _glossa_is_command "$word \${COMP_WORDS[at + 1]}" && ((at + 1 < COMP_CWORD)); then
                command+=" \${COMP_WORDS[++at]}"
            fi
            # 'glossa -f VOLFILE MNT' is 'glossa mount'.
            [[ $command != -* ]] || { command=mount; ((at--)); }
            continue
        fi
        # A '=' is a word of its own here.
        if [[ -n $awaited ]]; then
            [[ $word == = ]] || awaited=
            continue
        fi
        case $word in
            --)
                case $command in ${withRest.length > 0 ? quoted(withRest) : "''"}) ;; *) return ;; esac
                if declare -F _command_offset >/dev/null; then
                    _command_offset $((at + 1))
                elif ((at + 1 == COMP_CWORD)); then
                    COMPREPLY=($(compgen -c -- "$cur"))
                else
                    _glossa_offer files
                fi
                return
                ;;
            -?*)
                _glossa_values "$command $word"
                [[ \${#glossa_kinds[@]} == 0 ]] || awaited=$word
                ;;
            *) ((operand++)) ;;
        esac
    done
    if [[ -z $command ]]; then
        if [[ $cur != -* ]]; then
            _glossa_offer words ${[...new Set(names.map((name) => name.split(' ')[0]!))].join(' ')}
            return
        fi
        command=mount
    fi
    if [[ -n $awaited ]]; then
        [[ $cur != = ]] || cur=
        _glossa_values "$command $awaited"
    elif [[ $cur == -* ]]; then
        _glossa_options "$command"
        _glossa_offer words $glossa_options
        return
    else
        _glossa_values "$command $((operand + 1))"
    fi
    for kind in "\${glossa_kinds[@]}"; do _glossa_offer $kind; done
}

complete -F _glossa glossa
`;
}
