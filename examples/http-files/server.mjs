/**
 * Serves the files of a volume by HTTP, without a mount: GET, HEAD, PUT and DELETE.
 *
 *     node server.mjs VOLFILE [PORT]
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Volume } from 'glossa';

/** The status of each error, by its code or name; 500 for others. */
const STATUS = {
  ...{ ENOENT: 404, ENOTDIR: 404, EACCES: 403, EPERM: 403, EROFS: 403, ENAMETOOLONG: 414 },
  ...{ EISDIR: 409, EEXIST: 409, ERR_FS_EISDIR: 409, ENOSPC: 507, EDQUOT: 507 },
  ...{ ERR_INVALID_ARG_VALUE: 400, URIError: 400 },
};

/** Each method's calls of the volume. */
const METHODS = {
  async GET(volume, path, request, response) {
    const stats = await volume.stat(path);
    if (stats.isDirectory()) {
      const entries = await volume.readdir(path, { withFileTypes: true });
      const lines = entries.map((entry) => `${entry.name}${entry.isDirectory() ? '/' : ''}\n`);
      response.end(lines.sort().join(''));
      return;
    }
    response.setHeader('content-length', stats.size);
    if (request.method === 'HEAD' || stats.size === 0) response.end();
    // No more than the size, should the file grow.
    else await pipeline(volume.fs.createReadStream(path, { end: stats.size - 1 }), response);
  },

  async PUT(volume, path, request, response) {
    // Under another name, so that an upload that breaks off leaves the file as it was.
    const part = `${path}.${randomUUID()}.part`;
    try {
      await volume.writeFile(part, request);
      await volume.rename(part, path);
    } catch (error) {
      await volume.rm(part, { force: true });
      throw error;
    }
    response.writeHead(201).end();
  },

  async DELETE(volume, path, _request, response) {
    await volume.rm(path);
    response.writeHead(204).end();
  },
};

async function answer(volume, request, response) {
  const act = METHODS[request.method === 'HEAD' ? 'GET' : request.method];
  try {
    if (act === undefined) response.writeHead(405).end();
    // A URL has no `..` any more.
    else
      await act(
        volume,
        decodeURIComponent(new URL(request.url, 'http://x').pathname),
        request,
        response,
      );
  } catch (error) {
    if (response.headersSent) response.destroy();
    else response.writeHead(STATUS[error.code ?? error.name] ?? 500).end(`${error.message}\n`);
  }
}

const [, , volfile, port = '0'] = process.argv;
const volume = await Volume.open(volfile);
const server = createServer((request, response) => answer(volume, request, response));
server.listen(Number(port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
process.once('SIGTERM', () => server.close(() => volume.close()));
