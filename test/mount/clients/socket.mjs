// Runs a server on a Unix domain socket, and a client of it.
import { createConnection, createServer } from 'node:net';

const server = createServer((connection) => connection.end('from the server\n'));
server.listen('socket', () => {
  createConnection('socket', () => {})
    .on('data', (text) => process.stdout.write(text))
    .on('close', () => process.exit(0));
});
