import type { FetchDataRewrite } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { type ResponseObject, isObject, valueOf } from './response-objects.ts';
import { isOfType } from './representations.ts';

const FRAGMENT = '... on ';

/**
 * Changes `value` as a plan says: names of types that a subgraph knows by another name, and aliases under which
 * fields were asked for because they would not merge.
 */
export function applyRewrites(
  value: ResponseObject,
  rewrites: readonly FetchDataRewrite[],
  schema: GraphQLSchema,
): void {
  for (const rewrite of rewrites) {
    const parents = rewrite.path.slice(0, -1);
    const name = rewrite.path.at(-1);
    if (name === undefined) continue;
    visitAt(value, parents, schema, (object) => {
      if (rewrite.kind === 'ValueSetter') {
        object[name] = rewrite.setValueTo;
      } else if (Object.hasOwn(object, name)) {
        object[rewrite.renameKeyTo] = object[name];
        delete object[name];
      }
    });
  }
}

/** The objects at `path`, through lists; `... on T` stands for those of type T and those without a type. */
function visitAt(
  value: unknown,
  path: readonly string[],
  schema: GraphQLSchema,
  visit: (object: ResponseObject) => void,
): void {
  if (Array.isArray(value)) {
    for (const element of value) visitAt(element, path, schema, visit);
    return;
  }
  if (!isObject(value)) return;
  const [first, ...rest] = path;
  if (first === undefined) {
    visit(value);
  } else if (!first.startsWith(FRAGMENT)) {
    visitAt(valueOf(value, first), rest, schema, visit);
  } else if (
    value['__typename'] === undefined ||
    isOfType(value, first.slice(FRAGMENT.length), schema)
  ) {
    visitAt(value, rest, schema, visit);
  }
}
