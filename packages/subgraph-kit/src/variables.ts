import {
  type ApolloServerPlugin,
  type BaseContext,
  type GraphQLRequestContext,
  HeaderMap,
} from '@apollo/server';
import {
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  type VariableDefinitionNode,
  coerceInputValue,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isLeafType,
  isListType,
  isNonNullType,
  typeFromAST,
} from 'graphql';
import { maskError } from './error-masking.ts';
import { excerpt, shortMessage } from './excerpt.ts';

const MAX_ERRORS = 10;

type Path = readonly (string | number)[];
type Variables = Readonly<Record<string, unknown>>;

/**
 * The errors of a request's variables: at most ten, each with a short excerpt of the input. graphql-js and
 * ApolloGateway collect errors without a bound and print the whole value into each: 240 kB of unknown keys block
 * the process for 15 minutes.
 */
function variableErrors(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  given: Variables,
): GraphQLError[] {
  const errors: GraphQLError[] = [];
  try {
    for (const definition of definitions) {
      checkVariable(definition, {
        schema,
        given,
        report: (message) => {
          if (errors.length === MAX_ERRORS) throw new TooManyErrors();
          errors.push(invalid(message, definition));
        },
      });
    }
  } catch (error) {
    if (!(error instanceof TooManyErrors)) throw error;
    errors.splice(
      -1,
      1,
      invalid('The variables have more errors. Only the first ones are reported.'),
    );
  }
  return errors;
}

class TooManyErrors extends Error {}

const invalid = (message: string, definition?: VariableDefinitionNode) =>
  new GraphQLError(shortMessage(message), {
    ...(definition && { nodes: definition }),
    extensions: { code: 'BAD_USER_INPUT' },
  });

function checkVariable(
  { variable, type: typeNode, defaultValue }: VariableDefinitionNode,
  {
    schema,
    given,
    report,
  }: { schema: GraphQLSchema; given: Variables; report: (message: string) => void },
) {
  const { value: name } = variable.name;
  const type = typeFromAST(schema, typeNode);
  // Validation reports types that are not input types.
  if (!isInputType(type)) return;
  const called = `Variable "$${excerpt(name)}"`;
  if (!Object.hasOwn(given, name)) {
    if (!defaultValue && isNonNullType(type)) {
      report(`${called} of required type "${excerpt(String(type))}" was not provided.`);
    }
    return;
  }
  const value = given[name];
  if (value === null && isNonNullType(type)) {
    report(`${called} of non-null type "${excerpt(String(type))}" must not be null.`);
    return;
  }
  coerceInputValue(withShortNames(value, type), type, (path, wrong, { message }) => {
    const place = path.length > 0 ? ` at "${excerpt(placeOf(name, path))}"` : '';
    const leaf = getNamedType(typeAt(type, path));
    const reason =
      isLeafType(leaf) && !isShort(wrong)
        ? `Expected type "${leaf.name}", found ${describe(wrong)}.`
        : message;
    report(`${called} got invalid value${place}; ${reason}`);
  });
}

/**
 * `value` with an excerpt of each name that `type` does not have. graphql-js looks for similar names, and the time it
 * takes grows with the length of the wrong one: 70 ms for a megabyte.
 */
function withShortNames(value: unknown, type: GraphQLInputType): unknown {
  const expected = getNullableType(type);
  if (isListType(expected)) {
    return Array.isArray(value)
      ? value.map((item) => withShortNames(item, expected.ofType))
      : withShortNames(value, expected.ofType);
  }
  if (isEnumType(expected)) {
    return typeof value === 'string' && !expected.getValue(value) ? excerpt(value) : value;
  }
  if (!isInputObjectType(expected) || !isRecord(value)) return value;
  const fields = expected.getFields();
  return Object.fromEntries(
    Object.entries(value).map(([name, given]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return field ? [name, withShortNames(given, field.type)] : [excerpt(name), given];
    }),
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const placeOf = (name: string, path: Path) =>
  path.reduce<string>(
    (place, step) => (typeof step === 'number' ? `${place}[${step}]` : `${place}.${step}`),
    name,
  );

/** A single value in the position of a list has no index in the path. */
function typeAt(type: GraphQLInputType, path: Path): GraphQLInputType {
  let found = type;
  for (const step of path) {
    found = getNullableType(found);
    while (isListType(found) && typeof step === 'string') found = getNullableType(found.ofType);
    if (isListType(found)) found = found.ofType;
    else if (isInputObjectType(found)) found = found.getFields()[step]?.type ?? found;
  }
  return found;
}

/** Messages of scalars contain the whole value. */
const isShort = (value: unknown) =>
  typeof value === 'string'
    ? value === excerpt(value)
    : typeof value !== 'object' || value === null;

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(excerpt(value));
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** Reports invalid variables before an executor sees them. */
export const boundedVariables: ApolloServerPlugin = {
  requestDidStart: async () => ({
    // `operation` is absent when `operationName` matches none; execution reports that.
    async responseForOperation({ schema, operation, request }: GraphQLRequestContext<BaseContext>) {
      const definitions = operation?.variableDefinitions ?? [];
      const errors = variableErrors(schema, definitions, request.variables ?? {});
      if (errors.length === 0) return null;
      return {
        http: { status: 400, headers: new HeaderMap() },
        body: {
          kind: 'single',
          singleResult: { errors: errors.map((error) => maskError(error.toJSON(), error)) },
        },
      };
    },
  }),
};
