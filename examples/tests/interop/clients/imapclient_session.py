"""Reads and changes mailboxes with imapclient, and checks what it is told; waits with IDLE for what another does."""
import argparse
import os
import ssl

import imapclient
from imapclient.response_types import Address

parser = argparse.ArgumentParser()
for name in ["port", "tls-port", "messages", "user", "password", "certificate"]:
    parser.add_argument("--" + name, required=True)
arguments = parser.parse_args()
messages = [open(os.path.join(arguments.messages, f"{number}.eml"), "rb").read() for number in range(1, 5)]
new = open(os.path.join(arguments.messages, "new.eml"), "rb").read()
trust = ssl.create_default_context(cafile=arguments.certificate)


def same(one, other):
    assert one == other, (one, other)


def connect():
    session = imapclient.IMAPClient("localhost", int(arguments.port), ssl=False, timeout=30)
    session.starttls(trust)
    session.login(arguments.user, arguments.password)
    return session


session = connect()
same(session.id_({"name": "a test"})[0][:2], (b"name", b"imap_server"))
same(session.list_folders(), [((b"\\HasNoChildren",), b"/", "INBOX")])
folder = "Archive/Köln"
session.create_folder(folder)
assert session.folder_exists(folder)
session.subscribe_folder(folder)
same([name for _, _, name in session.list_sub_folders()], [folder])
same(session.namespace(), ((("", "/"),), None, None))

selected = session.select_folder("INBOX")
same((selected[b"EXISTS"], selected[b"UIDNEXT"], selected[b"READ-WRITE"]), (4, 5, True))
same(session.search(), [1, 2, 3, 4])
same(session.search(["UNSEEN"]), [1, 4])
same(session.search(["TEXT", "grüße"], charset="UTF-8"), [3, 4])
same(session.sort("SUBJECT", "UID 1:2"), [2, 1])
same(session.thread("REFERENCES"), ((1,), (2,), (3,), (4,)))
fetched = session.fetch([1, 2, 3, 4], ["FLAGS", "RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE", "BODY.PEEK[]", "MODSEQ"])
same([fetched[uid][b"BODY[]"] for uid in range(1, 5)], messages)
same([fetched[uid][b"RFC822.SIZE"] for uid in range(1, 5)], [len(message) for message in messages])
same(fetched[3][b"FLAGS"], (b"\\Flagged", b"\\Answered", b"\\Seen"))
same(fetched[1][b"ENVELOPE"].from_, (Address(b"Sender", None, b"sender", b"example.com"),))
structure = fetched[4][b"BODYSTRUCTURE"]
same((structure.is_multipart, len(structure[0]), structure[1]), (True, 3, b"MIXED"))
same(structure[0][1][:7], (b"APPLICATION", b"OCTET-STREAM", None, None, None, b"BASE64", 8))

# Nothing has changed since the highest mod-sequence, and what changes then is told.
highest = max(fetched[uid][b"MODSEQ"][0] for uid in fetched)
same(session.fetch([1, 2, 3, 4], ["FLAGS"], modifiers=[f"CHANGEDSINCE {highest}"]), {})
same(session.set_flags([1], [imapclient.FLAGGED, "$Forwarded"])[1], (b"\\Flagged", b"$Forwarded"))
changed = session.fetch([1, 2, 3, 4], ["FLAGS"], modifiers=[f"CHANGEDSINCE {highest}"])
same({uid: of[b"FLAGS"] for uid, of in changed.items()}, {1: (b"\\Flagged", b"$Forwarded")})

# Another session appends and expunges while this one is idle.
session.idle()
other = connect()
answer = other.append("INBOX", new, [imapclient.SEEN, imapclient.DRAFT])
assert b"[APPENDUID" in answer and answer.split()[2] == b"5]", answer
other.select_folder("INBOX")
other.delete_messages([3], silent=True)
other.uid_expunge([3])
other.logout()
told = []
while (3, b"EXPUNGE") not in told:
    more = session.idle_check(timeout=30)
    assert more, told
    told += more
same([item for item in told if item[1] == b"EXISTS"], [(5, b"EXISTS")])
# Whether the flags are told on their own depends on when they were looked at.
assert told.index((5, b"EXISTS")) < told.index((3, b"EXPUNGE"))
same(session.idle_done()[0], b"done")
same(session.search(), [1, 2, 4, 5])

session.copy([5], folder)
session.move([2], folder)
same(session.search(), [1, 4, 5])
status = session.folder_status(folder, ["MESSAGES", "UNSEEN", "UIDNEXT"])
same(status, {b"MESSAGES": 2, b"UNSEEN": 0, b"UIDNEXT": 3})
same([quota.resource for quota in session.get_quota()], ["STORAGE", "MESSAGE"])
same(session.getacl("INBOX"), [(arguments.user.encode(), b"lrswikxte")])
try:
    session.select_folder("nowhere")
    raise SystemExit("what is not there was selected")
except imapclient.exceptions.IMAPClientError as error:
    assert "NONEXISTENT" in str(error), error
session.logout()
print("all is well")
