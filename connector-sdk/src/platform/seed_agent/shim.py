"""Starts the program that serves this agent's folders. Written by `@PROGRAM@ manifest --format seed-agent`."""

import json
import os
import shutil
import sys
from pathlib import Path

from connectors.base.connector import Connector

PROGRAM = @PROGRAM_TEXT@
# What connectors.yml may set, and the variables by which the program learns of it. An argument could be read
# by everybody on this machine.
VARIABLES = @VARIABLES@
FLAGS = ("durable", "resend")
OPTIONS = ("connection", "workspace")


def unusable(message):
    """Ends with the code that says that a restart can't help."""
    print(f"error: {message}", file=sys.stderr, flush=True)
    sys.exit(2)


class @CLASS@(Connector):
    """The manager's process becomes the program, so its signals and exit codes are the program's."""

    connector_type = @ID@

    def __init__(self, name, seed_home, config=None):
        super().__init__(name, Path(seed_home).expanduser(), config)

    def run(self):
        wanted = str(self.setting("program") or PROGRAM)
        program = shutil.which(wanted)
        if program is None:
            unusable(f"`{wanted}` is not on the PATH, nor a program's file; install it, or name its file as `program`")
        line = [program, "mailbox", f"--home={self.seed_home.absolute()}", f"--name={self.name}"]
        environment = dict(os.environ)
        for key in self.config:
            value = self.setting(key)
            if value is None or key == "program":
                continue
            if key in VARIABLES:
                environment[VARIABLES[key]] = value if isinstance(value, str) else json.dumps(value)
            elif key in FLAGS:
                line.append(f"--{key}={self.flag(key, value)}")
            elif key in OPTIONS:
                line.append(f"--{key}={value}")
            else:
                known = ", ".join(sorted([*VARIABLES, *FLAGS, *OPTIONS, "program"]))
                unusable(f"`{self.name}` has no `{key}`; it has {known}")
        os.execve(program, line, environment)

    def flag(self, key, value):
        """How the program spells a flag. What is spelt otherwise must not turn it off in silence."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if value not in ("true", "false"):
            unusable(f"`{key}` of `{self.name}` is neither true nor false; write it as one of them")
        return value

    def setting(self, key):
        """A value with the variable that it names, which has to be there."""
        value = self.config.get(key)
        if isinstance(value, str) and value.startswith("${") and value.endswith("}"):
            variable = value[2:-1]
            if variable not in os.environ:
                unusable(f"`{key}` of `{self.name}` is the variable `{variable}`, which is not set")
            return os.environ[variable]
        return value

    # The program does what the manager's own connectors do here.

    def connect(self):
        pass

    def disconnect(self):
        pass

    def send_message(self, msg):
        return False

    def run_loop(self):
        pass
