/**
 * Holds the completion scripts of shells. Each calls `glossa complete -- WORDS…`, whose output
 * candidates.ts describes, so they stay valid when commands change.
 */

/**
 * The script for bash 4.0 or later; it needs the package bash-completion only for a command after
 * `--`.
 */
const bash = `# Completion of glossa for bash, as 'glossa setup completion bash' prints it.
_glossa() {
    local -a words=("\${COMP_WORDS[@]:1:COMP_CWORD}") lines
    mapfile -t lines < <(command glossa complete -- "\${words[@]//\\\\/}" 2>/dev/null)
    local at=\${lines[0]#rest }
    COMPREPLY=("\${lines[@]:1}")
    COMPREPLY=("\${COMPREPLY[@]%%$'\\t'*}")
    COMPREPLY=("\${COMPREPLY[@]%/}")
    case \${lines[0]} in
        files) compopt -o filenames ;;
        rest*)
            if declare -F _command_offset >/dev/null; then _command_offset "$at"
            elif ((at == COMP_CWORD)); then COMPREPLY=($(compgen -c -- "\${COMP_WORDS[COMP_CWORD]}"))
            else compopt -o default
            fi ;;
    esac
}
complete -F _glossa glossa
`;

/** The script for a folder of zsh's `fpath`; it can be sourced as well. */
const zsh = `#compdef glossa
# Completion of glossa for zsh, as 'glossa setup completion zsh' prints it.
_glossa() {
    local -a lines=("\${(@f)$(command glossa complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    local first=$lines[1]
    shift lines
    case $first in
        files) compadd -f -- "\${(@)lines%/}" ;;
        words)
            lines=("\${(@)lines//:/\\\\:}")
            lines=("\${(@)lines/$'\\t'/:}")
            _describe -V values lines ;;
        rest*) shift \${first#rest } words; ((CURRENT -= \${first#rest })); _normal ;;
    esac
}
if [[ $funcstack[1] == _glossa ]]; then _glossa "$@"; else compdef _glossa glossa; fi
`;

/** The script for fish's vendor_completions.d, from fish 3.1 on; it can be sourced as well. */
const fish = `# Completion of glossa for fish, as 'glossa setup completion fish' prints it.
function __glossa_complete
    set -l words (commandline -opc) (string unescape -- (commandline -ct))
    set -l lines (command glossa complete -- $words[2..-1] 2>/dev/null)
    if string match -q 'rest *' -- $lines[1]
        set -l rest $words[(math (string split ' ' $lines[1])[2] + 1)..-1]
        complete -C (string join ' ' -- (string escape -- $rest))
    else if set -q lines[2]
        printf '%s\\n' $lines[2..-1]
    end
end
complete -c glossa -f -a '(__glossa_complete)'
`;

/** The scripts, by the shells' names. */
export const scripts = { bash, zsh, fish } as const;
