import {
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  defaultFieldResolver,
  isObjectType,
} from 'graphql';
import { forbidden } from './errors.ts';
import { type Caller, hasScope } from './identity.ts';

/**
 * Guards fields with the scope of their `@access(scope:)` directive. Without the scope the field is null with a
 * FORBIDDEN error, and its resolver never runs, whatever the path of the query. The scopes of an interface also apply
 * to the types that implement it.
 * @throws Error for a scope that cannot be read, so that no field is served without its guard
 */
export function guardFields<Context extends { caller: Caller }>(schema: GraphQLSchema) {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const scopes = scopesOf(type, field);
      if (scopes.length === 0) continue;
      field.resolve = guarded<Context>(scopes, field.resolve ?? defaultFieldResolver);
      if (field.subscribe) field.subscribe = guarded<Context>(scopes, field.subscribe);
    }
  }
}

const guarded =
  <Context extends { caller: Caller }>(
    scopes: readonly string[],
    resolve: GraphQLFieldResolver<unknown, Context>,
  ): GraphQLFieldResolver<unknown, Context> =>
  (source, fieldArguments, context, info) => {
    const missing = scopes.find((scope) => !hasScope(context.caller, scope));
    if (missing !== undefined) throw forbidden(missing);
    return resolve(source, fieldArguments, context, info);
  };

type Field = GraphQLField<unknown, unknown>;

function scopesOf(type: GraphQLObjectType, field: Field): string[] {
  const inherited = type.getInterfaces().map((parent) => parent.getFields()[field.name]);
  const scopes = [field, ...inherited].flatMap((one) => (one ? scopeOf(type, one) : []));
  return [...new Set(scopes)];
}

function scopeOf(type: GraphQLObjectType, { name: fieldName, astNode }: Field): string[] {
  const directive = astNode?.directives?.find(({ name }) => name.value === 'access');
  if (!directive) return [];
  const scope = directive.arguments?.find(({ name }) => name.value === 'scope')?.value;
  if (scope?.kind === Kind.STRING && scope.value !== '') return [scope.value];
  throw new Error(`${type.name}.${fieldName}: @access has no scope.`);
}
