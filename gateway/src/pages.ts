import type { FastifyInstance } from 'fastify';
import { type GraphQLSchema, printSchema } from 'graphql';
import { sendCompressed } from './compression.ts';
import type { Supergraph } from './supergraph.ts';

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

interface Pages {
  readonly hasGraphiql: boolean;
  readonly hasLibrary: boolean;
  /** Whether clients may read the schema. */
  readonly introspection: boolean;
  readonly supergraph: Pick<Supergraph, 'schema'>;
}

/** `/` with links to everything else, `/schema.graphql`, and the explorer for browsers that open `/graphql`. */
export function addPages(
  app: FastifyInstance,
  { hasGraphiql, hasLibrary, introspection, supergraph }: Pages,
) {
  const links = [
    ...(hasLibrary ? [['/library/', 'the media library, for editors']] : []),
    ...(hasGraphiql ? [['/graphiql/', 'GraphiQL, the explorer of the graph']] : []),
    ['/graphql', 'the GraphQL endpoint'],
    ...(introspection ? [['/schema.graphql', 'the schema, for code generators']] : []),
    ['/health/ready', 'health'],
  ];
  const page = indexPage(links);
  app.get('/', (_request, reply) => reply.headers(PAGE_HEADERS).send(page));

  if (introspection) {
    const textOf = printOnce();
    app.get('/schema.graphql', async (_request, reply) => {
      void reply
        .header('content-type', 'text/plain; charset=utf-8')
        .header('cache-control', 'no-cache');
      return sendCompressed(reply, textOf(supergraph.schema()));
    });
  }
  if (!hasGraphiql) return;
  // Added before the endpoint, so that it comes before authentication.
  app.addHook('onRequest', async ({ method, url, headers }, reply) => {
    const isOpened =
      method === 'GET' && url === '/graphql' && headers.accept?.includes('text/html');
    if (isOpened) await reply.redirect('/graphiql/');
  });
}

/** Remembers the text of the latest schema. */
function printOnce(): (schema: GraphQLSchema) => Buffer {
  let printed: { readonly schema: GraphQLSchema; readonly text: Buffer } | undefined;
  return (schema) => {
    if (printed?.schema !== schema) {
      printed = { schema, text: Buffer.from(`${printSchema(schema)}\n`) };
    }
    return printed.text;
  };
}

function indexPage(links: readonly (readonly string[])[]): string {
  const items = links.map(([path, what]) => `<li><a href="${path}">${path}</a> ${what}</li>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Federated media</title>
<style>
  :root { color-scheme: light dark; font-family: system-ui, sans-serif }
  body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; line-height: 1.6 }
</style>
<h1>Federated media</h1>
<p>This is the gateway. Applications send GraphQL requests to it.</p>
<ul>
${items.join('\n')}
</ul>
</html>
`;
}
