import type { ApolloServerPlugin } from '@apollo/server';
import {
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { currentRequest, hasTimedOut, isOver, timeoutError } from './request-life.ts';

/** The part of a resolver's context that HTTP requests have. */
export interface Served {
  /** Aborts when the caller disconnects, or at the time limit. */
  signal?: AbortSignal;
}

/**
 * A page of a hundred entries with a hundred fields each needs a tenth of it. Nested lists within their limits can
 * need millions of calls, which the limits of documents cannot detect.
 */
const MAX_CALLS = 100_000;

/**
 * Created once, because creating it for each of a million fields would take seconds. With a path, graphql-js returns
 * it unchanged.
 */
const stopped = (message: string, code = 'BAD_REQUEST') =>
  new GraphQLError(message, { path: [], extensions: { code } });
const CALLER_GONE = stopped('The caller closed the connection.');
const TOO_LATE = stopped(timeoutError().message, 'TIMEOUT');
const TOO_MUCH = stopped(
  `The response has more than ${MAX_CALLS} fields. Request smaller pages or fewer nested fields.`,
);

/** The resolver calls of each request. */
const works = new WeakMap<Served, { calls: number }>();

function workOf(context: Served): { calls: number } {
  const known = works.get(context);
  if (known) return known;
  const work = { calls: 0 };
  works.set(context, work);
  return work;
}

/**
 * Stops the execution when the request is over (`isOver`), or when the number of resolver calls exceeds the limit. Fields
 * without a resolver do not count.
 */
export function countFields<Context extends Served>(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    // Introspection types are shared by all schemas of the process.
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve) field.resolve = counted<Context>(field.resolve);
    }
  }
}

function stopIfOver() {
  const life = currentRequest();
  if (life && !isOver(life)) return;
  throw hasTimedOut() ? TOO_LATE : CALLER_GONE;
}

const counted =
  <Context extends Served>(
    resolve: GraphQLFieldResolver<unknown, Context>,
  ): GraphQLFieldResolver<unknown, Context> =>
  (source, fieldArguments, context, info) => {
    if (context.signal?.aborted) stopIfOver();
    const work = workOf(context);
    work.calls += 1;
    if (work.calls > MAX_CALLS) throw TOO_MUCH;
    return resolve(source, fieldArguments, context, info);
  };

/** Reports a response that is too large once, instead of once for each field. */
export const workLimits: ApolloServerPlugin = {
  requestDidStart: async () => ({
    async willSendResponse({ contextValue, response: { body } }) {
      if (body.kind !== 'single' || workOf(contextValue).calls <= MAX_CALLS) return;
      const { message, extensions } = TOO_MUCH;
      body.singleResult = { data: null, errors: [{ message, extensions }] };
    },
  }),
};
