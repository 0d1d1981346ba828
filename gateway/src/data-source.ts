import type { GraphQLDataSource } from '@apollo/gateway';
import { encodeMultipart, findUploads } from '@federated-media/multipart/encode-multipart';
import type { TokenMinter } from '@federated-media/subgraph-kit/identity';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { TIMEOUT_HEADER } from '@federated-media/subgraph-kit/request-life';
import { outgoingHeaders } from '@federated-media/subgraph-kit/telemetry/activity';
import type { GatewayContext } from './context.ts';
import { classifyRejection } from './rejected-operation.ts';
import { checkResponse } from './subgraph-response.ts';
import type { SubgraphClient } from './subgraph-client.ts';

/** What is cancelled a little before the end can still be told of, beside what was found in time. */
const SUBGRAPH_SHARE = 0.95;

/**
 * How the gateway asks one subgraph. Nothing of the client's own headers goes further: the subgraph gets
 * a token made for it, which says who asks, and the request id. Uploads in the variables are streamed.
 */
export function createDataSource({
  name,
  client,
  minter,
  uploadIdleMs,
  logger,
}: {
  name: string;
  client: SubgraphClient;
  minter: TokenMinter;
  /** How long an upload may stand still, at the subgraph's side. */
  uploadIdleMs: number;
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
      if (!('incomingRequestContext' in options)) throw new Error('Only operations are sent on.');
      const { context, request } = options;
      const { query = '', variables = {}, operationName } = request;
      const { deadline, cachePolicy, signal, requestId } = context;
      const operations = { query, variables, operationName };
      // Made of subgraphs' responses, where there are no uploads; a page has hundreds of them. A client's variable
      // of this name has another one in plans (`client-names.ts`).
      const { representations: _references, ...given } = variables;
      const files = findUploads({ variables: given });
      const isUpload = files.length > 0;
      const started = performance.now();
      const remainingMs = deadline.remainingMs();
      const forSubgraph = String(Math.floor(remainingMs * SUBGRAPH_SHARE));
      try {
        const response = await client.post({
          isUpload,
          headers: {
            ...(await headersFor(context)),
            ...(!isUpload && { [TIMEOUT_HEADER]: forSubgraph }),
          },
          encode: isUpload
            ? (progress) => encodeMultipart({ operations, files, progress })
            : () => ({ contentType: 'application/json', body: JSON.stringify(operations) }),
          timeoutMs: isUpload ? uploadIdleMs : remainingMs,
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
        const ms = Math.round((performance.now() - started) * 100) / 100;
        logger.debug({ subgraph: name, ms, requestId }, 'subgraph request');
      }
    },
  };
}
