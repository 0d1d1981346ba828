import { type ApolloServer, type BaseContext } from '@apollo/server';
import { type JsonLimits, excessOf } from '@federated-media/multipart/json-size';
import { isMultipart } from '@federated-media/multipart/parser';
import { type MultipartLimits, readMultipart } from '@federated-media/multipart/read-multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { UnauthenticatedError } from './errors.ts';
import { type GraphQLAnswer, type SendBytes, executeGraphQL, sendGraphQL } from './graphql-http.ts';
import type { AskedDocument } from './graphql-operation.ts';
import type { Caller } from './identity.ts';
import type { Logger } from './logger.ts';
import { beginRequest, duringRequest } from './request-life.ts';
import { createRejectedTokens } from './telemetry/rejected-tokens.ts';
import { metrics } from './telemetry/metrics.ts';
import type { UploadSlots } from './upload-slots.ts';

/**
 * Browsers send these headers to other origins only after a preflight request, so that their presence excludes a
 * form.
 */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'];

export interface RequestScope {
  caller: Caller;
  requestId: string;
  /** Aborts when the client disconnects before the response, or at the time limit. */
  signal: AbortSignal;
}

/** The limits of uploads; their JSON has the limits of all requests. */
export interface Uploads extends Omit<MultipartLimits, 'json' | 'onData' | 'sender'> {
  /** Absent: any number of multipart requests at a time. */
  readonly slots?: UploadSlots;
}

export interface GraphQLEndpoint<Context extends BaseContext> {
  server: ApolloServer<Context>;
  methods: ('GET' | 'POST')[];
  /** Called before the body is read. @throws UnauthenticatedError */
  authenticate(request: FastifyRequest): Promise<Caller>;
  context(scope: RequestScope): Context;
  /** The time limit of an operation; with uploads, it counts from the latest bytes. Absent: no limit here. */
  timeoutMs?(request: FastifyRequest): number | undefined;
  /**
   * Called before the document is parsed. Resolves to the text to run if it is not the text of the request. Absent:
   * all documents are allowed. @throws GraphQLError
   */
  admit?(asked: AskedDocument, scope: RequestScope): Promise<string | undefined>;
  /** Absent: every request is executed. */
  responses?: ResponseStore<Context> | undefined;
  jsonLimits: JsonLimits;
  /** Absent: JSON bodies of any size are parsed on arrival. */
  largeBodies?: LargeBodies;
  /** Absent: multipart requests are rejected with 415. */
  uploads?: Uploads | undefined;
  /** Sends the body of a response. Absent: unchanged. */
  send?: SendBytes | undefined;
  logger: Logger;
}

export interface AskedResponse {
  readonly request: FastifyRequest;
  readonly caller: Caller;
}

/** Responses that are sent again without executing the request. Not used for uploads. */
export interface ResponseStore<Context> {
  /** Returns a stored response, if there is one. */
  find(asked: AskedResponse): GraphQLAnswer | undefined;
  /** Returns a stored response, or the one of `execute`, which may be stored. */
  answer(
    asked: AskedResponse,
    execute: () => Promise<{ answer: GraphQLAnswer; context: Context }>,
  ): Promise<GraphQLAnswer>;
}

/** Bodies that take long enough to parse to delay other requests. */
export interface LargeBodies {
  /** Larger bodies wait. */
  readonly bytes: number;
  /** Resolves when parsing may start. `signal` aborts when the client disconnects. @throws GraphQLError */
  readonly wait: (signal: AbortSignal) => Promise<void>;
}

class BadRequest extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** Adds `/graphql`: authenticates, reads the body (JSON, or multipart as a stream), runs the operation. */
export function addGraphQLEndpoint<Context extends BaseContext>(
  app: FastifyInstance,
  {
    server,
    methods,
    authenticate,
    context,
    timeoutMs,
    admit,
    responses,
    jsonLimits,
    largeBodies,
    uploads,
    send,
    logger,
  }: GraphQLEndpoint<Context>,
) {
  const rejectedTokens = createRejectedTokens(logger);
  const callers = new WeakMap<FastifyRequest, Caller>();
  boundJson(app, jsonLimits, largeBodies);
  // The multipart reader reads the raw stream; Fastify must not read it.
  app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));

  app.route({
    method: methods,
    url: '/graphql',
    onRequest: async (request) => {
      callers.set(request, await identify(request));
      refuseEncoded(request);
      if (isForm(request)) guardMultipart(request, uploads);
    },
    // Not async: a stored response needs no promise, no signal and no deadline.
    handler: (request, reply) => {
      const caller = callers.get(request);
      if (!caller) throw new Error('The request was not authenticated.');
      const stored = isForm(request) ? undefined : responses?.find({ request, caller });
      return stored ? sendGraphQL(reply, stored, send) : respond(caller, { request, reply });
    },
  });

  async function identify(request: FastifyRequest): Promise<Caller> {
    try {
      refuseSecondIdentity(request);
      return await authenticate(request);
    } catch (error) {
      if (error instanceof UnauthenticatedError)
        rejectedTokens.note(request.headers.authorization, error);
      throw error;
    }
  }

  async function respond(caller: Caller, { request, reply }: Exchange): Promise<FastifyReply> {
    const { life, end, restart } = beginRequest(timeoutMs?.(request));
    reply.raw.once('close', () => end({ answered: reply.raw.writableFinished }));
    const scope = { caller, requestId: request.id, signal: life.signal };
    const execute = async (operation: unknown) => {
      const contextValue = context(scope);
      const answer = await executeGraphQL({
        server,
        request,
        operation,
        context: contextValue,
        admit: admit && ((asked) => admit(asked, scope)),
        jsonLimits,
      });
      return { answer, context: contextValue };
    };
    const run = async (operation: unknown) =>
      sendGraphQL(reply, (await duringRequest(life, () => execute(operation))).answer, send);
    if (!isForm(request) || !uploads) {
      if (!responses) return run(request.body);
      const answer = await duringRequest(life, () =>
        responses.answer({ request, caller }, () => execute(request.body)),
      );
      return sendGraphQL(reply, answer, send);
    }

    const { slots, ...limits } = uploads;
    const release = slots?.take(caller.storeId);
    try {
      const form = await readMultipart(request.raw, {
        ...limits,
        sender: caller.storeId,
        json: jsonLimits,
        onData: restart,
      });
      try {
        return await run(form.operations);
      } finally {
        await form.finish();
        metrics.upload({ road: 'multipart', ...form.received() });
      }
    } finally {
      release?.();
    }
  }
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

const isForm = ({ headers }: FastifyRequest) => isMultipart(headers['content-type']);

/** Rejects JSON that exceeds `limits` before it is parsed, and queues large bodies. */
function boundJson(app: FastifyInstance, limits: JsonLimits, large: LargeBodies | undefined) {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const parse = () => {
      const text = String(body);
      const excess = excessOf(text, limits);
      if (excess) done(new BadRequest(400, excess.message));
      else void parseJson(request, text, done);
    };
    if (!large || body.length <= large.bytes) parse();
    else whileConnected(request, large.wait).then(parse, done);
  });
}

/** Runs `work` with a signal that aborts when the client disconnects. */
async function whileConnected(
  { raw: { socket } }: FastifyRequest,
  work: (signal: AbortSignal) => Promise<void>,
) {
  const controller = new AbortController();
  const hangUp = () => controller.abort();
  socket.once('close', hangUp);
  if (socket.destroyed) hangUp();
  try {
    await work(controller.signal);
  } finally {
    socket.off('close', hangUp);
  }
}

/** With two headers, Node uses the first one and a proxy may have checked the other. */
function refuseSecondIdentity({ raw }: FastifyRequest) {
  if ((raw.headersDistinct['authorization']?.length ?? 0) > 1) throw new UnauthenticatedError();
}

/** A few kilobytes can decompress to gigabytes. */
function refuseEncoded({ headers }: FastifyRequest) {
  if (/^(?:identity)?$/i.test(headers['content-encoding'] ?? '')) return;
  throw new BadRequest(
    415,
    'Compressed bodies are not supported. Send the body without "content-encoding".',
  );
}

function guardMultipart({ headers }: FastifyRequest, uploads: Uploads | undefined) {
  if (!uploads) throw new BadRequest(415, 'This server does not accept uploads. Send JSON.');
  if (PREFLIGHT_HEADERS.some((name) => headers[name])) return;
  throw new BadRequest(
    400,
    'A multipart request requires the header "apollo-require-preflight: true".',
  );
}
