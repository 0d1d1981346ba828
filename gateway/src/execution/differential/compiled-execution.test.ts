import { createExecutor } from '@federated-media/subgraph-kit/execution/execute';
import {
  type ExecutionResult,
  type GraphQLSchema,
  defaultFieldResolver,
  execute,
  isIntrospectionType,
  isObjectType,
  parse,
} from 'graphql';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openLocalGraph } from '../../testing/local-graph.ts';
import { createMonolith } from './testing/monolith.ts';
import { randomOperation } from './testing/random-operation.ts';
import type { Operation, World } from './testing/world.ts';
import { worlds } from './testing/worlds/all.ts';

const { seed, isThorough } = inject('random');
const runs = isThorough ? 4_000 : 150;
const TIMEOUT_MS = 120_000;

const variants = worlds.flatMap((world) => [false, true].map((later) => ({ world, later })));

test.each(variants)(
  '$world.name: subgraphs execute compiled operations as graphql-js does, with promises: $later',
  async ({ world, later }) => {
    const { schema, isValid } = await schemaOf(world);
    if (later) resolveLater(schema);
    const compiled = createExecutor(schema);
    for (const { query, variables = {} } of operationsOf(world, schema)) {
      if (!isValid(query)) continue;
      const document = parse(withoutOpenConditions(query));
      const run = async (
        by: (args: {
          document: typeof document;
          variableValues: typeof variables;
        }) => ExecutionResult | Promise<ExecutionResult>,
      ) => {
        world.reset?.();
        return comparable(await by({ document, variableValues: variables }));
      };
      const expected = await run((args) => execute({ schema, ...args }));
      expect(await run(compiled), `TEST_SEED=${seed}\n${query}`).toEqual(expected);
    }
  },
  TIMEOUT_MS,
);

async function schemaOf({ subgraphs, monolith }: World) {
  const graph = await openLocalGraph(subgraphs, 'own');
  onTestFinished(() => graph.close());
  return createMonolith(graph.schema, monolith);
}

function* operationsOf(world: World, schema: GraphQLSchema): Generator<Operation> {
  for (const given of world.operations) yield typeof given === 'string' ? { query: given } : given;
  for (let attempt = 0; attempt < runs; attempt += 1) {
    yield randomOperation(schema, { seed: seed * 1_000_003 + attempt });
  }
}

/** Operations with conditions that depend on variables are not compiled. */
const withoutOpenConditions = (query: string) =>
  query.replaceAll(/\(if: \$(\w+)\)/g, (_all, name: string) => `(if: ${name !== 'no'})`);

/**
 * Makes all fields return promises, and lists of promises. With some fields only, graphql-js leaves rejections of a
 * list unhandled when a later element throws.
 */
function resolveLater(schema: GraphQLSchema) {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve = defaultFieldResolver } = field;
      field.resolve = async (...given) => {
        const value: unknown = await resolve(...given);
        return Array.isArray(value) ? value.map((element) => Promise.resolve(element)) : value;
      };
    }
  }
}

/** The text, with the order of fields; errors in any order, because that of promises is open. */
const comparable = ({ data, errors = [] }: ExecutionResult) => ({
  data: JSON.stringify(data),
  errors: errors
    .map(({ message, path, locations }) =>
      JSON.stringify({ message: wording(message), path, locations }),
    )
    .toSorted(),
});

/** graphql-js has a message for each way of having no type. */
const wording = (message: string) => /^Abstract type "\w+"/.exec(message)?.[0] ?? message;
