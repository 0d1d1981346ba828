import type { GraphQLDataSource } from '@apollo/gateway';
import { encodeMultipart, findUploads } from '@federated-media/multipart/encode-multipart';
import type { TokenMinter } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { TIMEOUT_HEADER } from '@federated-media/subgraph-kit/request-life';
import { outgoingHeaders, roundedMs } from '@federated-media/subgraph-kit/telemetry/activity';
import type { GatewayContext } from './context.ts';
import { classifyRejection } from './rejected-operation.ts';
import { checkResponse } from './subgraph-response.ts';
import type { SubgraphClient } from './subgraph-client.ts';
import type { UploadDeadlines } from './upload-deadlines.ts';

/** The rest of the time is for reporting a timeout together with the data that arrived. */
const SUBGRAPH_SHARE = 0.95;
/**
 * The subgraph decides whether a mutation is in time, and the gateway waits for its decision a little longer: otherwise
 * the client would receive TIMEOUT for a change that is made.
 */
const DECISION_MS = 2_000;

/**
 * Sends requests to one subgraph. Headers of the client are not forwarded: the subgraph receives a token for it,
 * which identifies the caller, and the request id. Uploads in the variables are streamed.
 */
export function createDataSource({
  name,
  client,
  minter,
  uploads,
  logger,
}: {
  name: string;
  client: SubgraphClient;
  minter: TokenMinter;
  uploads: Pick<UploadDeadlines, 'subgraphMs' | 'answerMs'>;
  logger: Logger;
}): GraphQLDataSource<GatewayContext> {
  async function headersFor({ caller, requestId }: GatewayContext) {
    const { subject, storeId, scopes } = caller;
    const scope = [...scopes].join(' ');
    const token = await minter.mint({ audience: name, subject, storeId, scope });
    return {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      'apollo-require-preflight': 'true',
      ...outgoingHeaders(),
      'x-request-id': requestId,
    };
  }

  return {
    async process(options) {
      if (!('incomingRequestContext' in options))
        throw new Error('Only operations of clients are forwarded.');
      const { context, request } = options;
      const { query = '', variables = {}, operationName } = request;
      const { deadline, cachePolicy, signal, requestId } = context;
      const operations = { query, variables, operationName };
      // Representations are built from responses, which contain no uploads; a page has hundreds of them. A client's
      // variable with this name is renamed in plans (`client-names.ts`).
      const { representations: _references, ...given } = variables;
      const files = findUploads({ variables: given });
      const isUpload = files.length > 0;
      const started = performance.now();
      const { subgraphMs, answerMs } = isUpload
        ? uploads
        : limitsOf(deadline.remainingMs(), { isMutation: query.startsWith('mutation') });
      try {
        const response = await client.post({
          uploadOf: isUpload ? context.caller.storeId : null,
          headers: {
            ...(await headersFor(context)),
            [TIMEOUT_HEADER]: String(subgraphMs),
          },
          encode: isUpload
            ? (progress) => encodeMultipart({ operations, files, progress })
            : () => ({ contentType: 'application/json', body: JSON.stringify(operations) }),
          timeoutMs: answerMs,
          signal,
          requestId,
        });
        cachePolicy.restrict(response.cacheControl);
        const { data, errors } = checkResponse(response, { name, logger, requestId });
        if (!errors) return { data };
        const { schema } = options.incomingRequestContext;
        const sent = { subgraph: name, query, schema, requestId };
        return { data, errors: classifyRejection(errors, sent, logger) };
      } finally {
        if (isUpload) deadline.restart();
        const ms = roundedMs(performance.now() - started);
        logger.debug({ subgraph: name, ms, requestId }, 'subgraph request');
      }
    },
  };
}

/** The time limit of the subgraph, and how long the gateway waits for its response: not at all without time left. */
function limitsOf(remainingMs: number, { isMutation }: { isMutation: boolean }) {
  const subgraphMs = Math.floor(remainingMs * SUBGRAPH_SHARE);
  const waitsLonger = isMutation && remainingMs > 0;
  return { subgraphMs, answerMs: waitsLonger ? remainingMs + DECISION_MS : remainingMs };
}
