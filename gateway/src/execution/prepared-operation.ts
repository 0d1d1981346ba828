import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { refusedRequest } from '@federated-media/subgraph-kit/errors';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  getOperationAST,
} from 'graphql';
import type { PlannableDocument } from './client-names.ts';
import { requirementConflict } from './conflicting-requirements.ts';
import { type ObjectShape, compileShape } from './result-shape.ts';
import { selectedFields } from './selected-fields.ts';
import type { SupergraphFacts } from './supergraph-facts.ts';
import { unmetRequirement } from './unmet-requirements.ts';

/** One operation with its conditions resolved, and all that is known of it before its other variables. */
export interface PreparedOperation {
  readonly plannable: PlannableDocument;
  /** Absent: no subgraph has to be asked. */
  readonly node: PlanNode | undefined;
  /** What the client is shown of what the subgraphs answered. */
  readonly show: ObjectShape;
}

/** @throws GraphQLError BAD_REQUEST, or Error, when the plan would not answer it correctly */
export function prepareOperation({
  schema,
  facts,
  plan: { node },
  plannable,
  document,
  operationName,
}: {
  schema: GraphQLSchema;
  facts: SupergraphFacts;
  plan: QueryPlan;
  plannable: PlannableDocument;
  /** The client's, with its conditions resolved. */
  document: DocumentNode;
  operationName: string | undefined;
}): PreparedOperation {
  const { operation, fragments } = definitionsOf(document, operationName);
  if (node?.kind === 'Subscription') throw new Error('Subscriptions are not supported.');
  if (node) rejectUnsupportedSteps(node, facts);
  else if (needsSubgraphs({ operation, fragments }))
    throw new Error('No subgraph answers what the operation selects.');
  const conflict = requirementConflict({ facts, operation, fragments });
  if (conflict) throw refusedRequest(conflict);
  const { plannedNameOf } = plannable;
  return { plannable, node, show: compileShape({ schema, operation, fragments, plannedNameOf }) };
}

interface Definitions {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

function definitionsOf(document: DocumentNode, operationName: string | undefined): Definitions {
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('The operation does not exist in the document.');
  const fragments = document.definitions.filter((it) => it.kind === Kind.FRAGMENT_DEFINITION);
  return {
    operation,
    fragments: Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment])),
  };
}

/** Whether more is selected than what the gateway answers itself: introspection and names of types. */
const needsSubgraphs = ({ operation, fragments }: Definitions): boolean =>
  selectedFields([operation.selectionSet], '', fragments).some(
    ({ field }) => !field.name.value.startsWith('__'),
  );

/** A wrong value is worse than an error. */
function rejectUnsupportedSteps(node: PlanNode, facts: SupergraphFacts): void {
  for (const fetch of fetchesOf(node)) {
    if (fetch.contextRewrites?.length) throw new Error('@fromContext is not supported.');
    const unmet = unmetRequirement(fetch, facts);
    if (unmet !== undefined)
      throw new Error(`${unmet} is planned to be fetched without what it requires.`);
  }
}

function fetchesOf(node: PlanNode): FetchNode[] {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchesOf);
    case 'Flatten':
      return fetchesOf(node.node);
    case 'Fetch':
      return [node];
    default:
      throw new Error(`A plan has a step that is not supported: ${node.kind}.`);
  }
}
