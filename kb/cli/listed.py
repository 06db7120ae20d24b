"""A group of commands whose help shows the first sentence of each, not its first words."""

import click

SENTENCE = 90  # characters; the first sentences of all commands have no more, which a test holds


class Listed(click.Group):
    """A group like click's, with room for a sentence."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(SENTENCE)) for name, one in commands if one])
