import { type DocumentNode, type FieldNode, Kind, visit } from 'graphql';
import { isInherited } from './response-objects.ts';
import { type SupergraphFacts, argumentsOf } from './supergraph-facts.ts';

/** The variable that every entity fetch declares (Federation, `Query._entities`). */
const REPRESENTATIONS = 'representations';
/** Aliases that the query planner makes where fields of several types do not merge. */
const PLANNER_ALIAS = /__alias_\d+$/;

/** A document whose names can't be confused with those that plans and executors use themselves. */
export interface PlannableDocument {
  /** What is planned in place of the client's document. */
  readonly document: DocumentNode;
  /** The name under which subgraphs answer what the client selected with `field`. */
  plannedNameOf(field: FieldNode): string;
  /** The name of a client's variable in `document`. */
  variableNameOf(name: string): string;
  /** The client's name for a name in `document`. */
  clientNameOf(name: string): string;
}

/**
 * Gives names of their own to whatever a client could confuse a plan with:
 * - response names of fields that `@key` or `@requires` select too, unless it is the same field with the same
 *   arguments: the planner would fetch one of both for both;
 * - names that objects inherit (`constructor`, `__proto__`) or that GraphQL reserves (`__typename: name`);
 * - a variable called `representations`.
 */
export function toPlannable(
  document: DocumentNode,
  { planned }: Pick<SupergraphFacts, 'planned'>,
): PlannableDocument {
  const prefix = unusedPrefix(document, planned);
  const rename = (name: string) => `${prefix}${name}`;

  const plannedNameOf = (field: FieldNode): string => {
    const name = field.alias?.value ?? field.name.value;
    return isConfusing(name, field) ? rename(name) : name;
  };
  const isConfusing = (name: string, field: FieldNode): boolean => {
    if (isInherited(name) || PLANNER_ALIAS.test(name)) return true;
    const isItself = name === field.name.value;
    if (name.startsWith('__')) return !isItself;
    const selections = planned.get(name);
    if (!selections) return false;
    return !isItself || selections.size > 1 || !selections.has(argumentsOf(field));
  };
  const variableNameOf = (name: string): string =>
    name === REPRESENTATIONS || isInherited(name) ? rename(name) : name;

  return {
    document: visit(document, {
      Field: {
        leave(field) {
          const name = field.alias?.value ?? field.name.value;
          const value = plannedNameOf(field);
          return value === name ? undefined : { ...field, alias: { kind: Kind.NAME, value } };
        },
      },
      Variable({ name: { value: name } }) {
        const value = variableNameOf(name);
        if (value === name) return undefined;
        return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value } };
      },
    }),
    plannedNameOf,
    variableNameOf,
    clientNameOf: (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name),
  };
}

/** One that no name of the document or of a plan starts with. */
function unusedPrefix(document: DocumentNode, planned: SupergraphFacts['planned']): string {
  const used = new Set(planned.keys());
  visit(document, { Name: ({ value }) => void used.add(value) });
  const names = [...used];
  for (let count = 0; ; count += 1) {
    const prefix = `client${count === 0 ? '' : count}_`;
    if (!names.some((name) => name.startsWith(prefix))) return prefix;
  }
}
