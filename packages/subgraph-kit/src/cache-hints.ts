import type { ApolloServerPlugin } from '@apollo/server';
import {
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  getNamedType,
  isCompositeType,
  visit,
  visitWithTypeInfo,
} from 'graphql';

const ENTITIES = '_entities';

/**
 * Sets `cache-control` from the `@cacheControl(maxAge:)` of the selected types and fields: the shortest, and `no-store` if any
 * type has none or there is an error. It is decided once per operation: Apollo Server's own plugin calls back for each
 * field of each object. A type that is selected counts even if the
 * response has no object of it.
 */
export function cacheHints(): ApolloServerPlugin {
  const known = new WeakMap<OperationDefinitionNode, number>();
  return {
    requestDidStart: async () => ({
      async willSendResponse({ schema, document, operation, response: { http, body } }) {
        const isWhole = body.kind === 'single' && !body.singleResult.errors;
        let seconds = 0;
        if (isWhole && document && operation) {
          seconds = known.get(operation) ?? maxAgeOf(schema, document);
          known.set(operation, seconds);
        }
        http.headers.set('cache-control', seconds > 0 ? `max-age=${seconds}, public` : 'no-store');
      },
    }),
  };
}

/** Of all operations in `document`, which is shorter or the same for each of them. */
function maxAgeOf(schema: GraphQLSchema, document: DocumentNode): number {
  const roots = new Set<unknown>(
    [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(Boolean),
  );
  let shortest = Infinity;
  const restrict = (typeName: string) => {
    shortest = Math.min(shortest, hintOf(schema, typeName));
  };
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field({ name }) {
        const type = getNamedType(info.getType());
        // The types of entities are those of its fragments.
        if (!type || name.value === ENTITIES || name.value === '__typename') return;
        if (isCompositeType(type) || roots.has(info.getParentType())) restrict(type.name);
        shortest = Math.min(
          shortest,
          maxAgeIn(info.getFieldDef()?.astNode?.directives) ?? Infinity,
        );
      },
      InlineFragment({ typeCondition }) {
        if (typeCondition) restrict(typeCondition.name.value);
      },
      FragmentDefinition({ typeCondition }) {
        restrict(typeCondition.name.value);
      },
    }),
  );
  return Number.isFinite(shortest) ? shortest : 0;
}

function hintOf(schema: GraphQLSchema, typeName: string): number {
  const { astNode, extensionASTNodes = [] } = schema.getType(typeName) ?? {};
  return maxAgeIn([astNode, ...extensionASTNodes].flatMap((node) => node?.directives ?? [])) ?? 0;
}

/** Undefined without a hint. */
function maxAgeIn(directives: readonly ConstDirectiveNode[] = []): number | undefined {
  const hint = directives.find(({ name }) => name.value === 'cacheControl');
  const maxAge = hint?.arguments?.find(({ name }) => name.value === 'maxAge')?.value;
  return maxAge?.kind === Kind.INT ? Number(maxAge.value) : undefined;
}
