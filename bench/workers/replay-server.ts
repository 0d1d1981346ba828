/** All subgraphs: responds with recorded bytes. */
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { listenForParent } from '../child-server.ts';
import { keyOf } from './recorder.ts';

const Settings = z.object({ recording: z.record(z.string(), z.string()) });

process.once('message', (message) => {
  const { recording } = Settings.parse(message);
  const bodies = new Map(Object.entries(recording).map(([key, text]) => [key, Buffer.from(text)]));
  listenForParent((request, response) => {
    buffer(request).then(
      (body) => {
        const recorded = bodies.get(keyOf(request.url ?? '', body));
        response.statusCode = recorded ? 200 : 404;
        response.setHeader('content-type', 'application/json; charset=utf-8').end(recorded);
      },
      () => response.destroy(),
    );
  });
});
