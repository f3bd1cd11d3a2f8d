"""localstripe on loopback. Its own command binds every interface and has no option for that.

    python stripe.py PORT
"""

import sys

from aiohttp import web
from localstripe.server import app

web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]))
