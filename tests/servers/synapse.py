"""A Matrix homeserver for tests: `synapse.py PORT FOLDER`, on loopback, with its data in the folder.

The environment's SYNAPSE has more of its configuration, as JSON, and `access_log`. Whoever asks is registered
(`POST /_matrix/client/v3/register` with `{"auth": {"type": "m.login.dummy"}, ..}`).
"""

import json
import os
import subprocess
import sys

port, folder = int(sys.argv[1]), sys.argv[2]


def in_folder(name):
    return os.path.join(folder, name)


def write(name, value):
    # What is JSON is YAML.
    with open(in_folder(name), "w") as file:
        json.dump(value, file)


often = {"per_second": 10_000, "burst_count": 10_000}
configuration = {
    "server_name": "localhost",
    "pid_file": in_folder("pid"),
    "listeners": [
        {
            "port": port,
            "bind_addresses": ["127.0.0.1"],
            "type": "http",
            "tls": False,
            "resources": [{"names": ["client"], "compress": False}],
        }
    ],
    "database": {"name": "sqlite3", "args": {"database": in_folder("homeserver.db")}},
    "log_config": in_folder("logging"),
    "media_store_path": in_folder("media"),
    "signing_key_path": in_folder("signing.key"),
    "macaroon_secret_key": "s3cret-of-the-tokens",
    "form_secret": "s3cret-of-the-forms",
    "report_stats": False,
    "trusted_key_servers": [],
    "presence": {"enabled": False},
    # Tests have many users with passwords that nobody guesses.
    "bcrypt_rounds": 4,
    "enable_registration": True,
    "enable_registration_without_verification": True,
    "rc_registration": often,
    "rc_login": {"address": often, "account": often, "failed_attempts": often},
    "rc_joins": {"local": often, "remote": often},
    "rc_joins_per_room": often,
    "rc_invites": {"per_room": often, "per_user": often, "per_issuer": often},
    "rc_message": often,
}
options = json.loads(os.environ.get("SYNAPSE", "{}"))
# Whether it writes a line for each request.
access = "INFO" if options.pop("access_log", False) else "WARNING"
# None of a name: as Synapse itself has it.
configuration.update(options)
write("homeserver.yaml", {name: value for name, value in configuration.items() if value is not None})
write(
    "logging",
    {
        "version": 1,
        "handlers": {"out": {"class": "logging.StreamHandler"}},
        "root": {"level": "WARNING", "handlers": ["out"]},
        "loggers": {"synapse.access": {"level": access}},
    },
)

start = [sys.executable, "-m", "synapse.app.homeserver", "--config-path", in_folder("homeserver.yaml")]
if not os.path.exists(in_folder("signing.key")):
    subprocess.run([*start, "--generate-keys"], check=True)
os.execv(sys.executable, start)
