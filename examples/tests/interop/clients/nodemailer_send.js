// Sends the message on standard input with nodemailer.
const fs = require('fs');
const { parseArgs } = require('util');
const nodemailer = require('nodemailer');

const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    port: text, protocol: text, certificate: text, from: text, to: { type: 'string', multiple: true },
    user: text, password: text,
    auth: text, // instead of the strongest mechanism offered
    dsn: text, // JSON: nodemailer's option of that name
  },
});

const transport = nodemailer.createTransport({
  // Not by its name, which may be ::1 as well: nodemailer tries one address only.
  host: '127.0.0.1',
  port: Number(values.port),
  name: 'client.example.com',
  lmtp: values.protocol === 'lmtp',
  secure: values.protocol === 'smtps',
  ignoreTLS: values.protocol === 'smtp' || values.protocol === 'lmtp',
  requireTLS: values.protocol === 'starttls',
  tls: { ca: fs.readFileSync(values.certificate), servername: 'localhost' },
  auth: values.user && { user: values.user, pass: values.password },
  authMethod: values.auth,
});

transport
  .sendMail({
    envelope: { from: values.from, to: values.to },
    raw: fs.readFileSync(0),
    dsn: values.dsn && JSON.parse(values.dsn),
  })
  .then(({ response, rejected }) => {
    console.log(response, rejected);
    transport.close();
    process.exitCode = rejected.length === 0 ? 0 : 1;
  })
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
