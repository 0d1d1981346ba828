import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type GraphQLSchemaModule, buildSubgraphSchema } from '@apollo/subgraph';
import {
  type DocumentNode,
  type GraphQLSchema,
  concatAST,
  isObjectType,
  isScalarType,
  parse,
} from 'graphql';
import { guardFields } from './access.ts';
import type { Caller } from './identity.ts';
import { type Served, countFields } from './work-limits.ts';

/** The resolvers for buildSubgraphSchema: by type, then by field. */
export type ResolverMap = NonNullable<GraphQLSchemaModule['resolvers']>;

/**
 * Makes it a compile error when a field has neither a resolver nor a property of its name in the parent. `Resolvers`
 * and `Parents` are the generated `Resolvers` and `ResolversParentTypes`.
 */
export type Answered<Resolvers, Parents> = Partial<Resolvers> & {
  [
    Type in keyof Resolvers & keyof Parents as [
      Unanswered<NonNullable<Resolvers[Type]>, Parents[Type]>,
    ] extends [never]
      ? never
      : Type
  ]-?: Required<
    Pick<NonNullable<Resolvers[Type]>, Unanswered<NonNullable<Resolvers[Type]>, Parents[Type]>>
  >;
};
type Unanswered<Fields, Parent> = Exclude<
  keyof Fields,
  KnownKeys<Parent> | '__resolveReference' | '__isTypeOf'
>;
/** The generated parent of Query and Mutation has every key, which resolves nothing. */
type KnownKeys<Parent> = string extends keyof Parent ? never : keyof Parent;

/** Reads all `*.graphql` files in `folder`, in the order of their names. */
export function readTypeDefs(folder: URL): DocumentNode {
  const root = fileURLToPath(folder);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.graphql'))
    .toSorted();
  return concatAST(files.map((name) => parse(readFileSync(`${root}/${name}`, 'utf8'))));
}

/**
 * Creates a federated schema. `@access(scope:)` guards its fields (`guardFields`). Execution stops when the caller
 * disconnects or requests too many fields (`countFields`).
 * @throws Error for resolvers of unknown types or fields, which buildSubgraphSchema ignores
 */
export function createSubgraphSchema<Context extends Served & { caller: Caller }>({
  typeDefs,
  resolvers,
}: {
  typeDefs: DocumentNode;
  resolvers: ResolverMap;
}): GraphQLSchema {
  const schema = buildSubgraphSchema([{ typeDefs, resolvers }]);
  refuseUnknownResolvers(schema, resolvers);
  guardFields<Context>(schema);
  countFields<Context>(schema);
  return schema;
}

function refuseUnknownResolvers(schema: GraphQLSchema, resolvers: ResolverMap) {
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    if (!type)
      throw new Error(
        `There are resolvers for ${typeName}, but the schema does not have this type.`,
      );
    if (isScalarType(type) || !isObjectType(type)) continue;
    for (const fieldName of Object.keys(fields)) {
      if (fieldName.startsWith('__') || fieldName in type.getFields()) continue;
      throw new Error(
        `There is a resolver for ${typeName}.${fieldName}, but the schema does not have this field.`,
      );
    }
  }
}
