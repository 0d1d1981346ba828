import { AsyncLocalStorage } from 'node:async_hooks';
import type { WatchedBody } from '../watched-body.ts';

/**
 * The body of the request that @tus/server is answering. It would pass it through four more streams, two of them web
 * streams, which takes three times the processor time of everything else.
 */
export const currentBody = new AsyncLocalStorage<WatchedBody>();
