import type { PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  getOperationAST,
  isObjectType,
  visit,
} from 'graphql';
import { type AnswerObject, isInherited } from './answers.ts';
import { compileShape } from './result-shape.ts';

/** So many variants of what `@skip` and `@include` show are kept of one operation. */
const MAX_SHAPES = 32;

/** One operation, with all that is known of it before its variables. */
export interface PreparedOperation {
  readonly definition: OperationDefinitionNode;
  /** Absent: no subgraph has to be asked. */
  readonly node: PlanNode | undefined;
  /** What the client is shown of `data`. `variables` are those with their defaults. */
  show(data: AnswerObject, variables: Readonly<Record<string, unknown>>): AnswerObject | null;
}

/** Undefined for what is left to ApolloGateway: introspection, and plans and names that are out of the ordinary. */
export function prepareOperation({
  schema,
  plan,
  document,
  operationName,
}: {
  schema: GraphQLSchema;
  plan: QueryPlan;
  document: DocumentNode;
  operationName: string | undefined;
}): PreparedOperation | undefined {
  const operation = getOperationAST(document, operationName);
  const { node } = plan;
  if (!operation || node?.kind === 'Subscription') return undefined;
  const conditions = conditionsOf(document);
  if (!conditions || (node && !isOrdinary(node, schema))) return undefined;

  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const shapes = new Map<string, ReturnType<typeof compileShape>>();
  return {
    definition: operation,
    node,
    show(data, variables) {
      const key = conditions.map((name) => Number(variables[name] === true)).join('');
      let shape = shapes.get(key);
      if (!shape) {
        if (shapes.size >= MAX_SHAPES) shapes.clear();
        shape = compileShape({ schema, operation, fragments, variables });
        shapes.set(key, shape);
      }
      return shape(data);
    },
  };
}

/** The variables that decide what is shown; undefined when something out of the ordinary is asked for. */
function conditionsOf(document: DocumentNode): readonly string[] | undefined {
  const conditions = new Set<string>();
  const outOfTheOrdinary = new Set<string>();
  visit(document, {
    Field({ name: { value: name }, alias }) {
      const shownAs = alias?.value ?? name;
      const isMeta = name === '__schema' || name === '__type';
      const isDisguised = shownAs === '__typename' && name !== '__typename';
      if (isMeta || isDisguised) outOfTheOrdinary.add(name);
    },
    Name({ value }) {
      if (isInherited(value)) outOfTheOrdinary.add(value);
    },
    Directive({ arguments: given = [] }) {
      for (const { value } of given) {
        if (value.kind === Kind.VARIABLE) conditions.add(value.name.value);
      }
    },
  });
  return outOfTheOrdinary.size === 0 ? [...conditions] : undefined;
}

/** Whether each step of a plan is of those that are carried out here. */
function isOrdinary(node: PlanNode, schema: GraphQLSchema): boolean {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return node.nodes.every((child) => isOrdinary(child, schema));
    case 'Flatten':
      return !node.path.some((name) => isInherited(String(name))) && isOrdinary(node.node, schema);
    case 'Condition':
      return [node.ifClause, node.elseClause].every(
        (branch) => !branch || isOrdinary(branch, schema),
      );
    case 'Fetch':
      return (
        [node.inputRewrites, node.outputRewrites, node.contextRewrites].every(
          (rewrites = []) => rewrites.length === 0,
        ) && areOrdinary(node.requires, schema)
      );
    default:
      return false;
  }
}

/** Of entities whose very type is named, by fields with names of their own. */
function areOrdinary(
  selections: readonly QueryPlanSelectionNode[] = [],
  schema: GraphQLSchema,
): boolean {
  return selections.every((selection) => {
    if (selection.kind === 'Field') {
      const name = selection.alias ?? selection.name;
      return !isInherited(name) && areOrdinary(selection.selections, schema);
    }
    const { typeCondition = '' } = selection;
    return isObjectType(schema.getType(typeCondition)) && areOrdinary(selection.selections, schema);
  });
}
