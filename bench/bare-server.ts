/**
 * The comparison for delivery: `node:http` with a file in memory at `/buffer`, and with another one as a stream from
 * the disk at `/stream`. Runs as a separate process.
 */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { listenForParent } from './child-server.ts';

const Settings = z.object({ small: z.string(), large: z.string() });

process.once('message', (message) => {
  const { small, large } = Settings.parse(message);
  const bytes = readFileSync(small);
  const largeBytes = statSync(large).size;
  listenForParent((request, response) => {
    if (request.url === '/buffer') {
      response.writeHead(200, { 'content-type': 'image/webp', 'content-length': bytes.length });
      response.end(bytes);
      return;
    }
    response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': largeBytes });
    createReadStream(large).pipe(response);
  });
});
