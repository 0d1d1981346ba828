import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestListener } from 'node:http';
import { type Exchange, beginExchange } from './exchange.ts';
import { type Network, type OutgoingRequest, sockets } from './network.ts';

/**
 * Keeps requests to servers of this process in memory, and uses sockets for all others. A request passes the same
 * routes, checks and limits of the server on both ways; only the bytes of HTTP are not written and parsed.
 */
export function createLocalNetwork(): Network {
  const servers = new Map<string, Server>();
  return {
    open(origin, options) {
      const { host } = new URL(origin);
      const remote = sockets.open(origin, options);
      const running = new Set<Exchange>();
      return {
        async request(request) {
          const server = servers.get(origin);
          if (!server) return remote.request(request);
          const exchange = server.begin(request, { host, ...options });
          running.add(exchange);
          try {
            return await exchange.response;
          } finally {
            running.delete(exchange);
          }
        },
        async close() {
          for (const exchange of running) exchange.abort(new Error('The connections were closed.'));
          await remote.close();
        },
      };
    },
    announce(origins, listener) {
      const server = createServer(listener);
      for (const origin of origins) servers.set(origin, server);
      return {
        async close() {
          for (const origin of origins) servers.delete(origin);
          await server.idle();
        },
        abort: () => server.abort(),
      };
    },
  };
}

type Server = ReturnType<typeof createServer>;

function createServer(listener: RequestListener) {
  // A request must not inherit the activity, the deadline or the metrics of its caller.
  const asServer = AsyncLocalStorage.snapshot();
  const running = new Set<Exchange>();
  return {
    begin(request: OutgoingRequest, options: { host: string; maxResponseBytes: number }): Exchange {
      const exchange = beginExchange(request, { ...options, listener, asServer });
      running.add(exchange);
      void exchange.ended.then(() => running.delete(exchange));
      return exchange;
    },
    async idle() {
      await Promise.all(running.values().map(({ ended }) => ended));
    },
    abort() {
      for (const exchange of running) exchange.abort(new Error('The server stops.'));
    },
  };
}
