/**
 * The comparison: a bare server that writes and hashes the body and inserts a row, without GraphQL, identity,
 * verification and a second hop. Runs as a separate process and prints its port.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';

const [folder = '', databaseUrl = ''] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
await pool.query(
  'CREATE TABLE IF NOT EXISTS floor (id serial, checksum text, byte_size bigint, path text)',
);
let count = 0;

async function accept(request: IncomingMessage) {
  const path = join(folder, `${(count += 1)}.bin`);
  const hash = createHash('sha256');
  let byteSize = 0;
  await pipeline(
    request,
    async function* counted(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        byteSize += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path),
  );
  const checksum = hash.digest('hex');
  await pool.query('INSERT INTO floor (checksum, byte_size, path) VALUES ($1, $2, $3)', [
    checksum,
    byteSize,
    path,
  ]);
  return { checksum, byteSize };
}

const server = createServer((request, response) => {
  accept(request).then(
    (answer) => response.end(JSON.stringify(answer)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});
process.stdin.resume().on('end', () => process.exit(0));
