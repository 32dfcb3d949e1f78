"""`cnncalc completion`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import OnceCommand
from .terminal import write

if TYPE_CHECKING:
    from click.shell_completion import ShellComplete

EPILOG = """\b
Run this in the current shell, or add it to its start-up file:
  bash:  eval "$(cnncalc completion bash)"
  zsh:   eval "$(cnncalc completion zsh)"
  fish:  cnncalc completion fish | source
"""

# Click's own script inserts names without quoting them, so that a layer named `x;command` would
# run it.  Inside open quotes, only names that need no quotes are offered.  `@` must not separate
# words, or bash would read `resnet@resnet50` as three.
BASH = r"""COMP_WORDBREAKS=${COMP_WORDBREAKS//@/}
%(complete_func)s() {
    local type value quoted word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                printf -v quoted '%%q' "$value"
                if [[ $quoted == "$value" || $word != *[\'\"]* ]]; then
                    COMPREPLY+=("$quoted")
                fi
                ;;
        esac
    done < <(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \
        %(complete_var)s=bash_complete "$1")
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Print the script that completes commands, options, names and variants.",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    from .main import main

    completion = completion_class(shell)
    write(completion(main, {}, "cnncalc", "_CNNCALC_COMPLETE").source() + "\n")


def completion_class(shell: str) -> type[ShellComplete]:
    """Click's completion of a shell; for bash, with the script above."""
    from click.shell_completion import BashComplete, get_completion_class

    if shell == "bash":
        return type("Bash", (BashComplete,), {"source_template": BASH})
    completion = get_completion_class(shell)
    assert completion is not None  # click knows the others
    return completion
