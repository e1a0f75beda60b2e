"""Sends the message on standard input with Python's smtplib."""
import argparse
import smtplib
import ssl
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--protocol", choices=["smtp", "starttls", "smtps", "lmtp"], required=True)
parser.add_argument("--certificate", required=True)
parser.add_argument("--from", dest="sender", required=True)
parser.add_argument("--to", action="append", required=True)
parser.add_argument("--user")
parser.add_argument("--password")
parser.add_argument("--auth", choices=["plain", "login"], help="instead of the strongest mechanism offered")
parser.add_argument("--mail-option", action="append", default=[], help="a parameter of MAIL")
parser.add_argument("--rcpt-option", action="append", default=[], help="a parameter of RCPT")
parser.add_argument("--bdat", type=int, help="send by BDAT, in chunks of so many octets, without waiting for replies")
arguments = parser.parse_args()

message = sys.stdin.buffer.read()
trust = ssl.create_default_context(cafile=arguments.certificate)
options = {"host": "localhost", "port": arguments.port, "local_hostname": "client.example.com"}
if arguments.protocol == "lmtp":
    session = smtplib.LMTP(**options)
elif arguments.protocol == "smtps":
    session = smtplib.SMTP_SSL(context=trust, **options)
else:
    session = smtplib.SMTP(**options)
if arguments.protocol == "starttls":
    session.starttls(context=trust)
session.ehlo_or_helo_if_needed()
if arguments.auth:
    session.user, session.password = arguments.user, arguments.password
    session.auth(arguments.auth, getattr(session, "auth_" + arguments.auth))
elif arguments.user:
    session.login(arguments.user, arguments.password)


def send_by_bdat():
    """smtplib has no BDAT; its connection does."""
    session.command_encoding = "utf-8" if "SMTPUTF8" in arguments.mail_option else "ascii"
    replies = [session.mail(arguments.sender, arguments.mail_option)]
    replies += [session.rcpt(to, arguments.rcpt_option) for to in arguments.to]
    chunks = [message[at : at + arguments.bdat] for at in range(0, len(message), arguments.bdat)]
    for chunk in chunks:
        session.send(b"BDAT %d\r\n" % len(chunk) + chunk)
    session.send(b"BDAT 0 LAST\r\n")
    replies += [session.getreply() for _ in range(len(chunks) + 1)]
    wrong = [reply for reply in replies if reply[0] != 250]
    return {"BDAT": wrong} if wrong else {}


if arguments.bdat:
    refused = send_by_bdat()
else:
    refused = session.sendmail(arguments.sender, arguments.to, message, arguments.mail_option, arguments.rcpt_option)
session.quit()
for recipient, reply in refused.items():
    print(recipient, reply)
sys.exit(1 if refused else 0)
