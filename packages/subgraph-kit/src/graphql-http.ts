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
import { isResponsePrivate } from './request-life.ts';
import { metrics } from './telemetry/metrics.ts';
import { inSpan } from './telemetry/tracing.ts';

const RETRY_AFTER_SECONDS = 1;

export type SendBytes = (reply: FastifyReply, body: Buffer) => FastifyReply | Promise<FastifyReply>;

const sendUnchanged: SendBytes = (reply, body) => reply.send(body);

/** A response to a GraphQL request over HTTP. */
export interface GraphQLAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/**
 * Runs one GraphQL request in Apollo Server. `operation` is the parsed body, with an `Upload` for each file of a
 * multipart request.
 */
export async function executeGraphQL<Context extends BaseContext>({
  server,
  request,
  operation,
  context,
  admit,
  jsonLimits,
}: {
  server: ApolloServer<Context>;
  request: FastifyRequest;
  operation: unknown;
  context: Context;
  /** Absent: all documents are allowed. */
  admit: Admission | undefined;
  jsonLimits: JsonLimits;
}): Promise<GraphQLAnswer> {
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
  return toAnswer(response, request.id);
}

async function toAnswer(
  { status = 200, headers, body }: HTTPGraphQLResponse,
  requestId: string,
): Promise<GraphQLAnswer> {
  if (status === 503 && !headers.has('retry-after')) {
    headers.set('retry-after', String(RETRY_AFTER_SECONDS));
  }
  const caching = headers.get('cache-control');
  if (caching !== undefined && isResponsePrivate()) {
    headers.set('cache-control', caching.replace('public', 'private'));
  }
  if (body.kind === 'complete') {
    const { string: text } = body;
    return { status, headers, body: toBytes(status < 400 ? text : withRequestId(text, requestId)) };
  }
  // Incremental delivery is not supported, so that there are only a few chunks.
  const chunks: string[] = [];
  for await (const chunk of body.asyncIterator) chunks.push(chunk);
  return { status, headers, body: toBytes(chunks.join('')) };
}

const NEWLINE = '\n'.charCodeAt(0);

/**
 * The response ends with a newline, for terminals. Appending it to the text, and sending a text, would copy a large
 * one twice more: 0.3 ms of CPU for 161 kB.
 */
function toBytes(text: string): Buffer {
  // Apollo Server appends one to errors.
  if (text.endsWith('\n')) return Buffer.from(text);
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(text) + 1);
  bytes.write(text);
  bytes[bytes.length - 1] = NEWLINE;
  return bytes;
}

export function sendGraphQL(
  reply: FastifyReply,
  { status, headers, body }: GraphQLAnswer,
  send = sendUnchanged,
) {
  reply.code(status);
  for (const [name, value] of headers) {
    if (name === 'vary') addVary(reply, value);
    else reply.header(name, value);
  }
  return send(reply, body);
}

/** Other parts of the server add names to this header too. */
export function addVary(reply: FastifyReply, value: string) {
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
