"""`--watch`: run a command again whenever a file that it has read changes."""

from __future__ import annotations

from typing import Any

import click

from .options import OnceCommand


class WatchableCommand(OnceCommand):
    """A command that has `--watch`, as its last option."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        text = "Run again whenever a file that was read changes, until Ctrl-C."
        self.params.append(click.Option(["--watch"], is_flag=True, help=text))

    def invoke(self, ctx: click.Context) -> Any:
        if not ctx.params.pop("watch"):
            return super().invoke(ctx)
        from .watch_run import run_and_watch

        return run_and_watch(lambda: super(WatchableCommand, self).invoke(ctx))
