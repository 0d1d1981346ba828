import type { ApolloServerPlugin } from '@apollo/server';
import {
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
} from 'graphql';

/** What a resolver's context has where it is served over HTTP. */
export interface Served {
  /** Aborts when the caller is gone. */
  signal?: AbortSignal;
}

/**
 * A page of a hundred with a hundred fields each comes to a tenth. A list of a list of a list, each within
 * its bounds, comes to millions, which no limit of the document can tell.
 */
const MAX_CALLS = 100_000;

/** One for all: thrown in each of a million fields, even making it would take seconds. Its path says it has one. */
const stopped = (message: string) =>
  new GraphQLError(message, { path: [], extensions: { code: 'BAD_REQUEST' } });
const CALLER_GONE = stopped('The caller closed the connection.');
const TOO_MUCH = stopped(
  `The response has more than ${MAX_CALLS} fields. Request smaller pages or fewer nested fields.`,
);

const calls = new WeakMap<Served, number>();

/**
 * Has every resolver of `schema` called only while somebody waits for its answer, and only as often as
 * anybody may ask for. Its fields that are mere properties count for nothing.
 */
export function countFields<Context extends Served>(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    // The types of introspection are the same objects in every schema of the process.
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve) field.resolve = counted<Context>(field.resolve);
    }
  }
}

const counted =
  <Context extends Served>(
    resolve: GraphQLFieldResolver<unknown, Context>,
  ): GraphQLFieldResolver<unknown, Context> =>
  (source, fieldArguments, context, info) => {
    if (context.signal?.aborted) throw CALLER_GONE;
    const count = (calls.get(context) ?? 0) + 1;
    calls.set(context, count);
    if (count > MAX_CALLS) throw TOO_MUCH;
    return resolve(source, fieldArguments, context, info);
  };

/** Says once that an answer was too large, instead of once for each of its fields. */
export const workLimits: ApolloServerPlugin = {
  requestDidStart: async () => ({
    async willSendResponse({ contextValue, response: { body } }) {
      if (body.kind !== 'single' || (calls.get(contextValue) ?? 0) <= MAX_CALLS) return;
      const { message, extensions } = TOO_MUCH;
      body.singleResult = { data: null, errors: [{ message, extensions }] };
    },
  }),
};
