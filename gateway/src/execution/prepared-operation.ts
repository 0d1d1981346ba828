import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { refusedRequest } from '@federated-media/subgraph-kit/errors';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  getOperationAST,
  visit,
} from 'graphql';
import type { AnswerObject } from './answers.ts';
import type { PlannableDocument } from './client-names.ts';
import type { Completion } from './completion.ts';
import { whyRequirementsConflict } from './conflicting-requirements.ts';
import { compileShape } from './result-shape.ts';
import { selectedFields } from './selected-fields.ts';
import type { SupergraphFacts } from './supergraph-facts.ts';
import { unmetRequirement } from './unmet-requirements.ts';

/** So many variants of what `@skip` and `@include` show are kept of one operation. */
const MAX_SHAPES = 32;

/** One operation, with all that is known of it before its variables. */
export interface PreparedOperation {
  readonly plannable: PlannableDocument;
  /** Absent: no subgraph has to be asked. */
  readonly node: PlanNode | undefined;
  /** What the client is shown of `data`. `coerced` are the variables with their defaults. */
  show(
    data: AnswerObject,
    given: { coerced: Readonly<Record<string, unknown>>; completion: Completion },
  ): AnswerObject | null | undefined;
}

/** @throws GraphQLError when it can't be executed correctly */
export function prepareOperation({
  schema,
  facts,
  plan,
  plannable,
  document,
  operationName,
}: {
  schema: GraphQLSchema;
  facts: SupergraphFacts;
  plan: QueryPlan;
  plannable: PlannableDocument;
  document: DocumentNode;
  operationName: string | undefined;
}): PreparedOperation {
  const { operation, fragments } = definitionsOf(document, operationName);
  const { node } = plan;
  if (node?.kind === 'Subscription') throw new Error('Subscriptions are not served.');
  if (node) refuseWrongSteps(node, facts);
  else if (asksSubgraphs(definitionsOf(plannable.document, operationName)))
    throw new Error('No subgraph answers what the operation selects.');
  const conflict = whyRequirementsConflict({ facts, operation, fragments });
  if (conflict) throw refusedRequest(conflict);

  const conditions = conditionVariables(document);
  const { answerNameOf } = plannable;
  const shapes = new Map<string, ReturnType<typeof compileShape>>();
  return {
    plannable,
    node,
    show(data, { coerced, completion }) {
      const key = conditions.map((name) => Number(coerced[name] === true)).join('');
      let shape = shapes.get(key);
      if (!shape) {
        if (shapes.size >= MAX_SHAPES) shapes.clear();
        shape = compileShape({ schema, operation, fragments, variables: coerced, answerNameOf });
        shapes.set(key, shape);
      }
      return shape(data, completion);
    },
  };
}

/** The variables that decide what is shown. */
function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ arguments: given = [] }) {
      for (const { value } of given) {
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      }
    },
  });
  return [...names];
}

interface Definitions {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

function definitionsOf(document: DocumentNode, operationName: string | undefined): Definitions {
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('There is no such operation.');
  const fragments = document.definitions.filter((it) => it.kind === Kind.FRAGMENT_DEFINITION);
  return {
    operation,
    fragments: Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment])),
  };
}

/** Whether more is selected than what the gateway answers itself: introspection and names of types. */
const asksSubgraphs = ({ operation, fragments }: Definitions): boolean =>
  selectedFields([operation.selectionSet], '', fragments).some(
    ({ field }) => !field.name.value.startsWith('__'),
  );

/** A wrong value is worse than an error. */
function refuseWrongSteps(node: PlanNode, facts: SupergraphFacts): void {
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
    case 'Condition':
      return [node.ifClause, node.elseClause].flatMap((branch) =>
        branch ? fetchesOf(branch) : [],
      );
    case 'Fetch':
      return [node];
    default:
      throw new Error(`${node.kind} is not supported.`);
  }
}
