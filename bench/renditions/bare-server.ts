/**
 * The comparison for delivery: `node:http` with the bytes in memory at `/buffer`, and as a stream from the disk at
 * `/stream`. Runs as a separate process and prints its port.
 */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';

const [small = '', large = ''] = process.argv.slice(2);
const bytes = readFileSync(small);
const largeBytes = statSync(large).size;

const server = createServer((request, response) => {
  if (request.url === '/buffer') {
    response.writeHead(200, { 'content-type': 'image/webp', 'content-length': bytes.length });
    response.end(bytes);
    return;
  }
  response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': largeBytes });
  createReadStream(large).pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});
process.stdin.resume().on('end', () => process.exit(0));
