"""Reads and changes mailboxes with Python's imaplib, and checks what it is told."""
import argparse
import imaplib
import os
import re
import ssl

parser = argparse.ArgumentParser()
for name in ["port", "tls-port", "messages", "user", "password", "certificate"]:
    parser.add_argument("--" + name, required=True)
arguments = parser.parse_args()
messages = [open(os.path.join(arguments.messages, f"{number}.eml"), "rb").read() for number in range(1, 5)]
new = open(os.path.join(arguments.messages, "new.eml"), "rb").read()
trust = ssl.create_default_context(cafile=arguments.certificate)


def ok(answer):
    assert answer[0] == "OK", answer
    return answer[1]


def told(name):
    """What was told of this name, the last thing last."""
    return session.response(name)[1]


def same(one, other):
    assert one == other, (one, other)


# TLS from the start, a wrong password, and LOGIN.
session = imaplib.IMAP4_SSL("localhost", int(arguments.tls_port), ssl_context=trust)
try:
    session.login(arguments.user, "wrong")
    raise SystemExit("a wrong password was taken")
except imaplib.IMAP4.error as error:
    assert "AUTHENTICATIONFAILED" in str(error), error
ok(session.login(arguments.user, arguments.password))
session.logout()

# STARTTLS and PLAIN.
session = imaplib.IMAP4("localhost", int(arguments.port))
ok(session.starttls(trust))
ok(session.authenticate("PLAIN", lambda _: f"\0{arguments.user}\0{arguments.password}".encode()))
capabilities = ok(session.capability())[0].decode().split()
for capability in ["IMAP4rev1", "IMAP4rev2", "UIDPLUS", "MOVE", "SORT", "THREAD=REFERENCES", "QUOTA", "ACL", "BINARY"]:
    assert capability in capabilities, capability
same(ok(session.namespace()), [b'(("" "/")) NIL NIL'])
same(ok(session.select("INBOX")), [b"4"])
same(told("UIDNEXT"), [b"5"])
for number, message in enumerate(messages, 1):
    data = ok(session.fetch(str(number), "(UID RFC822.SIZE BODY.PEEK[])"))
    same(data[0][0], b"%d (UID %d RFC822.SIZE %d BODY[] {%d}" % (number, number, len(message), len(message)))
    same(data[0][1], message)
same(ok(session.fetch("4", "(BODY.PEEK[2])"))[0][1], b"AAECAw==")
same(ok(session.fetch("4", "(BINARY.PEEK[2])"))[0][1], b"\0\1\2\3")
same(ok(session.fetch("4", "(BODY.PEEK[3.HEADER.FIELDS (Subject)])"))[0][1], b"Subject: plain\r\n\r\n")
same(ok(session.fetch("2", "(BODY.PEEK[TEXT]<3.4>)"))[0][1], b"..\r\n")
structure = ok(session.fetch("4", "(BODYSTRUCTURE)"))[0]
assert re.search(rb'"APPLICATION" "OCTET-STREAM" NIL NIL NIL "BASE64" 8 ', structure), structure
envelope = ok(session.fetch("4", "(ENVELOPE)"))[0]
assert b'"=?utf-8?q?Gr=C3=BC=C3=9Fe?= in parts" (("Sender" NIL "sender" "example.com"))' in envelope, envelope

same(ok(session.search(None, "UNSEEN")), [b"1 4"])
same(ok(session.search(None, "OR", "FLAGGED", "SUBJECT", "dots")), [b"2 3"])
same(ok(session.search(None, "NOT", "LARGER", str(len(messages[0])))), [b"1"])
same(ok(session.search(None, "HEADER", "Message-ID", "utf8")), [b"3"])
session.literal = "grüße".encode()
same(ok(session.uid("SEARCH", "CHARSET", "UTF-8", "TEXT")), [b"3 4"])
sizes = sorted(range(1, 5), key=lambda number: len(messages[number - 1]))
same(ok(session.sort("(SIZE)", "UTF-8", "ALL")), [" ".join(map(str, sizes)).encode()])
same(ok(session.sort("(REVERSE SUBJECT)", "UTF-8", "1:2")), [b"1 2"])
same(ok(session.thread("REFERENCES", "UTF-8", "ALL")), [b"(1)(2)(3)(4)"])

assert re.match(rb"\[MAILBOXID \(F[0-9a-f]+\)\]", ok(session.create("Archive/K&APY-ln"))[0])
listed = [b'(\\HasChildren \\Archive) "/" Archive', b'(\\HasNoChildren) "/" Archive/K&APY-ln', b'(\\HasNoChildren) "/" INBOX']
same(sorted(ok(session.list())), sorted(listed))
ok(session.subscribe("Archive/K&APY-ln"))
same(ok(session.lsub()), [b'() "/" Archive/K&APY-ln'])
assert re.match(rb"\[APPENDUID \d+ 5\]", ok(session.append("INBOX", r"(\Seen \Draft)", None, new))[0])
assert re.match(rb"\[COPYUID \d+ 5 1\]", ok(session.copy("5", "Archive/K&APY-ln"))[0])
ok(session.uid("MOVE", "2", "Archive/K&APY-ln"))
assert re.match(rb"\d+ 2 2$", told("COPYUID")[-1])
same(told("EXPUNGE"), [b"2"])
same(ok(session.store("1", "FLAGS", r"(\Flagged $Forwarded)")), [rb"1 (FLAGS (\Flagged $Forwarded))"])
same(ok(session.uid("STORE", "3", "+FLAGS.SILENT", r"(\Deleted)")), [None])
same(ok(session.expunge()), [b"2"])
same(ok(session.status("Archive/K&APY-ln", "(MESSAGES UNSEEN)")), [b"Archive/K&APY-ln (MESSAGES 2 UNSEEN 0)"])
same(ok(session.myrights("INBOX")), [b"INBOX lrswikxte"])
same(session.select("nowhere")[0], "NO")
same(ok(session.select("INBOX", readonly=True)), [b"3"])
ok(session.close())
same(session.logout()[0], "BYE")
print("all is well")
