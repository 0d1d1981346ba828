import type { ApolloServerPlugin } from '@apollo/server';
import type { GatewayContext } from './context.ts';

const RETRY_AFTER_SECONDS = 1;

const STATUS = new Map<unknown, number>([
  ['OVERLOADED', 503],
  ['INSUFFICIENT_STORAGE', 507],
]);

/**
 * Sets status 503 or 507 and `Retry-After` (RFC 9110, 15.6.4) when an operation returned no data because of overload or
 * a full disk, so that clients and proxies recognise it. A partial result keeps its status.
 */
export const overload: ApolloServerPlugin<GatewayContext> = {
  requestDidStart: async () => ({
    async willSendResponse({ response: { http, body } }) {
      if (body.kind !== 'single') return;
      const { data, errors = [] } = body.singleResult;
      const [status] = errors.flatMap(({ extensions }) => STATUS.get(extensions?.['code']) ?? []);
      if (!status || Object.values(data ?? {}).some((value) => value !== null)) return;
      http.status = status;
      http.headers.set('retry-after', String(RETRY_AFTER_SECONDS));
    },
  }),
};
