// Reads and changes mailboxes with imapflow, and checks what it is told; it enables CONDSTORE, QRESYNC and IMAP4rev2.
const assert = require('assert');
const fs = require('fs');
const path = require('path');
const { parseArgs } = require('util');
const { ImapFlow } = require('imapflow');

const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    port: text, 'tls-port': text, messages: text, user: text, password: text, certificate: text, compress: text,
  },
});
const read = (name) => fs.readFileSync(path.join(values.messages, `${name}.eml`));
const messages = [1, 2, 3, 4].map(read);
const fresh = read('new');

const connect = (options) =>
  new ImapFlow({
    host: 'localhost',
    port: Number(values.port),
    secure: false,
    doSTARTTLS: true,
    tls: { ca: fs.readFileSync(values.certificate), servername: 'localhost' },
    auth: { user: values.user, pass: values.password },
    disableCompression: values.compress !== 'yes',
    qresync: true,
    logger: false,
    ...options,
  });

const download = async (client, uid, part) => {
  const { content } = await client.download(uid, part, { uid: true });
  const chunks = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const session = async () => {
  const wrong = connect({ auth: { user: values.user, pass: 'wrong' } });
  await assert.rejects(wrong.connect(), (error) => error.authenticationFailed === true);

  const implicit = connect({ port: Number(values['tls-port']), secure: true, doSTARTTLS: undefined });
  await implicit.connect();
  await implicit.logout();

  const client = connect({});
  await client.connect();
  for (const name of ['CONDSTORE', 'QRESYNC', 'IMAP4REV2']) assert(client.enabled.has(name), name);
  const folder = 'Archive/Köln';
  assert.strictEqual((await client.mailboxCreate(folder)).created, true);
  const listed = await client.list({ statusQuery: { messages: true } });
  assert.deepStrictEqual(
    listed.map((mailbox) => [mailbox.path, mailbox.status.messages]).sort(),
    [['Archive', 0], [folder, 0], ['INBOX', 4]],
  );

  const lock = await client.getMailboxLock('INBOX');
  assert.deepStrictEqual([client.mailbox.exists, client.mailbox.uidNext], [4, 5]);
  let number = 0;
  const items = { uid: true, flags: true, envelope: true, bodyStructure: true, source: true, size: true };
  for await (const message of client.fetch('1:*', items)) {
    assert(message.source.equals(messages[number]), `message ${number + 1}`);
    number += 1;
    assert.deepStrictEqual([message.uid, message.size], [number, message.source.length]);
    assert.strictEqual(message.envelope.from[0].address, number === 3 ? 'jürgen@example.com' : 'sender@example.com');
  }
  assert.strictEqual(number, 4);
  const { bodyStructure, envelope } = await client.fetchOne('4', { bodyStructure: true, envelope: true });
  assert.deepStrictEqual(
    bodyStructure.childNodes.map((node) => node.type),
    ['multipart/alternative', 'application/octet-stream', 'message/rfc822'],
  );
  assert.strictEqual(envelope.subject, 'Grüße in parts');
  assert.deepStrictEqual(await download(client, '4', '2'), Buffer.from([0, 1, 2, 3]));
  assert.deepStrictEqual(await client.search({ seen: false }), [1, 4]);
  assert.deepStrictEqual(await client.search({ text: 'grüße' }, { uid: true }), [3, 4]);
  assert.deepStrictEqual(await client.search({ or: [{ flagged: true }, { subject: 'dots' }] }), [2, 3]);

  await client.messageFlagsSet('1', ['\\Flagged', '$Forwarded']);
  const appended = await client.append('INBOX', fresh, ['\\Seen', '\\Draft']);
  assert.strictEqual(appended.uid, 5);
  const copied = await client.messageCopy('5', folder, { uid: true });
  assert.deepStrictEqual([...copied.uidMap], [[5, 1]]);
  const moved = await client.messageMove('2', folder, { uid: true });
  assert.deepStrictEqual([...moved.uidMap], [[2, 2]]);
  assert.strictEqual(await client.messageDelete('3', { uid: true }), true);
  assert.deepStrictEqual(await client.search({ all: true }, { uid: true }), [1, 4, 5]);

  // Another session changes a flag and back; this one is told of it.
  const told = new Promise((resolve) => client.once('flags', resolve));
  const other = connect({});
  await other.connect();
  const otherLock = await other.getMailboxLock('INBOX');
  const idle = client.idle();
  await other.messageFlagsAdd('4', ['\\Answered'], { uid: true });
  const change = await told;
  assert.deepStrictEqual([change.uid, [...change.flags]], [4, ['\\Answered']]);
  await other.messageFlagsRemove('4', ['\\Answered'], { uid: true });
  otherLock.release();
  await other.logout();
  await client.noop();
  await idle;

  const quota = await client.getQuota('INBOX');
  assert.strictEqual(quota.storage.limit, 1024 * 1024 * 1024);
  lock.release();
  await client.logout();
  console.log('all is well');
};

session().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
