import type { ApolloServerOptionsWithGateway, BaseContext } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { OperationArgs, Result } from './execute.ts';

type Gateway = ApolloServerOptionsWithGateway<BaseContext>['gateway'];

/** Lets Apollo Server execute operations of `schema` with `execute`. Its only option for that is a gateway. */
export function executedBy(
  execute: (args: OperationArgs) => Result,
  schema: GraphQLSchema,
): Gateway {
  const listeners = new Set<Parameters<Gateway['onSchemaLoadOrUpdate']>[0]>();
  return {
    async load() {
      for (const listener of listeners) listener({ apiSchema: schema, coreSupergraphSdl: '' });
      return {
        executor: async ({ document, request: { operationName, variables }, context }) =>
          execute({ document, operationName, variableValues: variables, contextValue: context }),
      };
    },
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: async () => {},
  };
}
