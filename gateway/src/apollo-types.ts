import type { ApolloServerOptionsWithGateway, BaseContext } from '@apollo/server';

/** What Apollo Server asks of a gateway; its package does not name the types. */
export type Gateway = ApolloServerOptionsWithGateway<BaseContext>['gateway'];
export type Executor = NonNullable<Awaited<ReturnType<Gateway['load']>>['executor']>;
