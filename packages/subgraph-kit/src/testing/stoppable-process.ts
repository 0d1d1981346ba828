// A process with one subgraph. It prints `ready`, each `request` of the routes below when it arrives and, after the last
// one, `stopped`. `/slow?ms=…` responds after that time.
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'graphql';
import { pino } from 'pino';
import { serveProcess } from '../process.ts';
import { createSubgraphSchema } from '../schema.ts';
import { serveSubgraph } from '../server.ts';

const logger = pino(
  { level: 'info' },
  { write: (line: string) => void (line.includes('"ready"') && process.stdout.write('ready\n')) },
);

await serveProcess({
  name: 'stoppable',
  logger,
  start: () =>
    serveSubgraph(
      {
        name: 'stoppable',
        schema: createSubgraphSchema({
          typeDefs: parse('type Query { it: String }'),
          resolvers: { Query: { it: () => 'it' } },
        }),
        context: ({ caller, requestId }) => ({ caller, requestId }),
        isReady: async () => {},
        start: async () => {},
        stop: async () => void process.stdout.write('stopped\n'),
        routes(app) {
          app.get<{ Querystring: { ms: string } }>('/slow', async ({ query }) => {
            process.stdout.write('request\n');
            await sleep(Number(query.ms));
            return 'done';
          });
          app.addContentTypeParser('application/octet-stream', (_request, _body, done) =>
            done(null),
          );
          app.put('/bytes', async ({ raw }) => {
            process.stdout.write('request\n');
            let bytes = 0;
            for await (const chunk of raw) bytes += chunk.length;
            return { bytes };
          });
        },
      },
      { host: '127.0.0.1', port: 0, secrets: ['x'.repeat(32)], maxBodyBytes: 1_000, logger },
    ),
});
