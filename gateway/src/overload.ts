import type { ApolloServerPlugin } from '@apollo/server';
import type { GatewayContext } from './context.ts';

const RETRY_AFTER_SECONDS = 1;

/**
 * An operation of which nothing could be done for too much else to do is a 503 with `Retry-After` (RFC 9110,
 * 15.6.4), so that clients and what is between us know it too. What was done in part is an answer.
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
