"""`cnncalc completion`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import OnceCommand
from .terminal import write

if TYPE_CHECKING:
    from click.shell_completion import ShellComplete

SHELLS = ("bash", "zsh", "fish")
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
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    write(completion_of(shell).source() + "\n")


def complete(request: str) -> int:
    """Print what the script of a shell requests: `bash_complete`, completions of its words.

    The exit code is that of click, which would print them past the way out of every command.
    """
    shell, _, wanted = request.partition("_")
    if shell not in SHELLS or wanted not in ("source", "complete"):
        return 1
    completion = completion_of(shell)
    write((completion.source() if wanted == "source" else completion.complete()) + "\n")
    return 0


def completion_of(shell: str) -> ShellComplete:
    """Click's completion of a shell; for bash, with the script above."""
    from click.shell_completion import BashComplete, get_completion_class

    from .main import COMPLETION_VARIABLE, main

    found = get_completion_class(shell)
    assert found is not None  # click knows SHELLS
    if shell == "bash":
        found = type("Bash", (BashComplete,), {"source_template": BASH})
    return found(main, {}, "cnncalc", COMPLETION_VARIABLE)
