import {
  HeaderMap,
  type ApolloServer,
  type BaseContext,
  type HTTPGraphQLResponse,
} from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * One GraphQL request through Apollo Server. The operation is the parsed body, with `Upload`s in place
 * where the request was multipart.
 */
export async function executeGraphQL<Context extends BaseContext>({
  server,
  request,
  reply,
  operation,
  context,
}: {
  server: ApolloServer<Context>;
  request: FastifyRequest;
  reply: FastifyReply;
  operation: unknown;
  context: Context;
}): Promise<FastifyReply> {
  const response = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method,
      headers: toHeaderMap(request.headers),
      search: new URL(request.url, 'http://localhost').search,
      body: operation,
    },
    context: () => Promise.resolve(context),
  });
  return sendGraphQL(reply, response);
}

async function sendGraphQL(reply: FastifyReply, { status, headers, body }: HTTPGraphQLResponse) {
  reply.code(status ?? 200);
  for (const [name, value] of headers) reply.header(name, value);
  if (body.kind === 'complete') return reply.send(body.string);
  // Incremental delivery is not offered, so the chunks are few and end at once.
  const chunks: string[] = [];
  for await (const chunk of body.asyncIterator) chunks.push(chunk);
  return reply.send(chunks.join(''));
}

function toHeaderMap(headers: FastifyRequest['headers']): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
