import type { ApolloServerPlugin } from '@apollo/server';
import type { GatewayContext } from './context.ts';

const RETRY_AFTER_SECONDS = 1;

/**
 * Sets status 503 and `Retry-After` (RFC 9110, 15.6.4) when an operation returned no data because of overload, so
 * that clients and proxies recognise it. A partial result keeps its status.
 */
export const overload: ApolloServerPlugin<GatewayContext> = {
  requestDidStart: async () => ({
    async willSendResponse({ response: { http, body } }) {
      if (body.kind !== 'single') return;
      const { data, errors = [] } = body.singleResult;
      const isOverload = errors.some(({ extensions }) => extensions?.['code'] === 'OVERLOADED');
      if (!isOverload || Object.values(data ?? {}).some((value) => value !== null)) return;
      http.status = 503;
      http.headers.set('retry-after', String(RETRY_AFTER_SECONDS));
    },
  }),
};
