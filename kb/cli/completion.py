"""`kb completion`: what a shell needs to complete commands, options and names."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that makes SHELL complete `kb`.

    \b
    Examples:
      kb completion bash > ~/.local/share/bash-completion/completions/kb
      kb completion zsh > ~/.zfunc/_kb
      kb completion fish > ~/.config/fish/completions/kb.fish
    """
    found = get_completion_class(shell)
    assert found is not None  # noqa: S101  the choices are those that click has
    script = found(ctx.find_root().command, {}, "kb", "_KB_COMPLETE")
    # `source` asks the bash that is installed for its version; the script itself does not depend on it.
    click.echo(script.source_template % script.source_vars())
