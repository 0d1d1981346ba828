import type { GraphQLAnswer } from '@federated-media/subgraph-kit/graphql-http';
import type { FastifyRequest } from 'fastify';

const NOT_MODIFIED = 304;
/** The headers of the response that a 304 repeats (RFC 9110, 15.4.5). */
const KEPT = new Set(['cache-control', 'etag', 'vary']);

/** 304 if the client has this response already, by its `if-none-match` header. Only for GET (RFC 9110, 13.1.2). */
export function conditional(request: FastifyRequest, answer: GraphQLAnswer): GraphQLAnswer {
  const etag = answer.headers.get('etag');
  const given = request.headers['if-none-match'];
  if (request.method !== 'GET' || etag === undefined || given === undefined) return answer;
  const isKnown = given.trim() === '*' || given.split(',').some((tag) => isSame(tag, etag));
  if (!isKnown) return answer;
  const headers = new Map([...answer.headers].filter(([name]) => KEPT.has(name)));
  return { status: NOT_MODIFIED, headers, body: Buffer.alloc(0) };
}

/** The weak comparison (RFC 9110, 8.8.3.2). */
const isSame = (given: string, etag: string) => opaque(given.trim()) === opaque(etag);

const opaque = (tag: string) => tag.replace(/^W\//, '');
