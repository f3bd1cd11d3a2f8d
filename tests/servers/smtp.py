"""An SMTP server that puts what it gets into a Maildir: smtp.py FOLDER PORT PASSWORD. Anybody logs in with the
password, in the clear or after STARTTLS, whose certificate is dovecot's. A recipient called `nobody` isn't known, one
called `busy` is for later."""

import asyncio
import os
import ssl
import sys
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

# On loopback a password may go in the clear.
warnings.simplefilter("ignore")
folder, port, password = sys.argv[1], int(sys.argv[2]), sys.argv[3].encode()
os.umask(0o022)
delivered = 0


class Maildir:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.partition("@")[0]
        if name == "nobody":
            return "550 5.1.1 there is nobody of that name"
        if name == "busy":
            return "451 4.3.0 later, please"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global delivered
        delivered += 1
        name = f"smtp.{os.getpid()}.{delivered}"
        written = os.path.join(folder, "tmp", name)
        with open(written, "wb") as file:
            file.write(f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n".encode() + envelope.original_content)
        os.rename(written, os.path.join(folder, "new", name))
        return "250 OK"


def log_in(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == password, handled=False)


tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(os.path.join(folder, "../certificate.pem"), os.path.join(folder, "../key.pem"))
controller = Controller(
    Maildir(),
    hostname="127.0.0.1",
    port=port,
    authenticator=log_in,
    auth_required=True,
    auth_require_tls=False,
    tls_context=tls,
)
controller.start()
asyncio.new_event_loop().run_forever()
