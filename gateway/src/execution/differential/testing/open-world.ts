import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { type QueryPlan, prettyFormatQueryPlan } from '@apollo/query-planner';
import { pino } from 'pino';
import { composeLocally, openLocalGraph, serveLocally } from '../../../testing/local-graph.ts';
import { type Answer, differences } from './compare.ts';
import { createMonolith } from './monolith.ts';
import type { Operation, World } from './world.ts';

export interface Outcome extends Required<Operation> {
  readonly truth: Answer;
  readonly ours: Answer;
  readonly apollos: Answer;
  /** Differences of our response from the expected one. */
  readonly differences: readonly string[];
  readonly isApolloRight: boolean;
  readonly plan: string;
}

/** Runs operations with three implementations: our executor, ApolloGateway unchanged, and graphql-js on one schema. */
export async function openWorld({ subgraphs, monolith, reset = () => {} }: World) {
  const own = await openLocalGraph(subgraphs, 'own');
  const apollo = await openApolloGateway(subgraphs);
  const single = createMonolith(own.schema, monolith);
  return {
    schema: own.schema,
    isValid: single.isValid,
    async run({ query, variables = {} }: Operation): Promise<Outcome> {
      reset();
      const truth = await single.ask(query, variables);
      reset();
      const ours = await own.ask(query, variables);
      reset();
      const apollos = await apollo.ask(query, variables);
      return {
        query,
        variables,
        truth,
        ours,
        apollos,
        differences: differences(ours, truth),
        isApolloRight: differences(apollos, truth).length === 0,
        plan: apollo.lastPlan(),
      };
    },
    async close() {
      await own.close();
      await apollo.close();
    },
  };
}

async function openApolloGateway(subgraphs: World['subgraphs']) {
  const { supergraphSdl, sources } = composeLocally(subgraphs);
  let plan: QueryPlan | undefined;
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger: pino({ level: 'silent' }),
    buildService: ({ name }): GraphQLDataSource => sources.get(name)!,
    experimental_didResolveQueryPlan({ queryPlan }) {
      plan = queryPlan;
    },
  });
  const graph = await serveLocally(gateway);
  return { ...graph, lastPlan: () => (plan ? prettyFormatQueryPlan(plan) : 'no plan') };
}
