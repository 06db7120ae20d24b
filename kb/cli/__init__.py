"""The `kb` command: finds the command that is asked for, and turns what goes wrong into one line.

A command's module is imported when the command runs or its help is shown, and must import the library inside
its functions: `kb --help` and shell completion load neither DuckDB nor the driver.
"""

import errno
import io
import os
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from kb import __version__
from kb.cli.messages import explain, say
from kb.cli.session import Session
from kb.errors import KbError

# Sections of the help, and for each command the module of this package that has it under the same name.
COMMANDS: Final[dict[str, dict[str, str]]] = {
    "Load": {"load": "load", "plan": "load", "unload": "load", "validate": "load"},
    "Ask": {"query": "query", "queries": "library", "run": "library", "shell": "shell"},
    "Look": {"find": "look", "show": "look", "why": "look", "schema": "look"},
    "Analyse": {
        "flows": "analysis",
        "departures": "analysis",
        "coverage": "analysis",
        "retention": "retention",
        "pipelines": "pipelines",
        "groups": "exposure",
        "exposure": "exposure",
        "centrality": "networks",
        "communities": "networks",
