import {
  HeaderMap,
  type ApolloServer,
  type BaseContext,
  type HTTPGraphQLRequest,
  type HTTPGraphQLResponse,
} from '@apollo/server';
import type { JsonLimits } from '@federated-media/multipart/json-size';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { boundErrors } from './bounded-errors.ts';
import { type Admission, admitted } from './graphql-operation.ts';
import { metrics } from './telemetry/metrics.ts';
import { inSpan } from './telemetry/tracing.ts';

const RETRY_AFTER_SECONDS = 1;

export type SendText = (reply: FastifyReply, text: string) => FastifyReply;

const sendUnchanged: SendText = (reply, text) => reply.send(text);

/**
 * Runs one GraphQL request in Apollo Server. `operation` is the parsed body, with an `Upload` for each file of a
 * multipart request.
 */
export async function executeGraphQL<Context extends BaseContext>({
  server,
  request,
  reply,
  operation,
  context,
  admit,
  jsonLimits,
  send = sendUnchanged,
}: {
  server: ApolloServer<Context>;
  request: FastifyRequest;
  reply: FastifyReply;
  operation: unknown;
  context: Context;
  /** Absent: all documents are allowed. */
  admit: Admission | undefined;
  jsonLimits: JsonLimits;
  send: SendText | undefined;
}): Promise<FastifyReply> {
  const asked = {
    method: request.method,
    headers: toHeaderMap(request.headers),
    search: new URL(request.url, 'http://localhost').search,
    body: operation,
  };
  const answer = (httpGraphQLRequest: HTTPGraphQLRequest, makeContext: () => Promise<Context>) =>
    server.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: makeContext });
  // Rejections also pass through Apollo Server, which negotiates the content type.
  const response = await inSpan('operation', { kind: 'internal' }, () =>
    admitted(asked, { admit, jsonLimits }).then(
      (admittedRequest) => answer(admittedRequest, async () => context),
      (error: unknown) => {
        if (!(error instanceof GraphQLError)) throw error;
        metrics.error(error.extensions['code']);
        return answer(asked, () => Promise.reject(error));
      },
    ),
  );
  return send(reply, await prepareReply(reply, request.id, response));
}

/** Sets status and headers. Resolves to the body. */
async function prepareReply(
  reply: FastifyReply,
  requestId: string,
  { status = 200, headers, body }: HTTPGraphQLResponse,
): Promise<string> {
  reply.code(status);
  for (const [name, value] of headers) {
    if (name === 'vary') addVary(reply, value);
    else reply.header(name, value);
  }
  if (status === 503 && !headers.has('retry-after')) {
    reply.header('retry-after', RETRY_AFTER_SECONDS);
  }
  if (body.kind === 'complete') {
    return status < 400 ? body.string : withRequestId(body.string, requestId);
  }
  // Incremental delivery is not supported, so that there are only a few chunks.
  const chunks: string[] = [];
  for await (const chunk of body.asyncIterator) chunks.push(chunk);
  return chunks.join('');
}

/** Other parts of the server add names to this header too. */
function addVary(reply: FastifyReply, value: string) {
  const present = reply.getHeader('vary');
  reply.header('vary', present === undefined ? value : `${String(present)}, ${value}`);
}

/** Errors of invalid requests, which Apollo Server does not pass to plugins. */
function withRequestId(text: string, requestId: string): string {
  const { errors = [], ...answer } = FailedAnswer.parse(JSON.parse(text));
  return JSON.stringify({
    errors: boundErrors(
      errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId } })),
    ),
    ...answer,
  });
}

const FailedAnswer = z.looseObject({
  errors: z
    .array(
      z.looseObject({
        message: z.string(),
        extensions: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
});

function toHeaderMap(headers: FastifyRequest['headers']): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
