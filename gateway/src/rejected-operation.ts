import { shortMessage } from '@federated-media/subgraph-kit/excerpt';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import {
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  type Location,
  type SourceLocation,
  type ValueNode,
  TypeInfo,
  getNamedType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
  visit,
  visitWithTypeInfo,
} from 'graphql';

export interface SentOperation {
  subgraph: string;
  query: string;
  /** What clients see of the graph. */
  schema: GraphQLSchema;
  requestId: string;
}

/**
 * Decides whose fault it is when a subgraph rejects an operation before running it.
 *
 * The gateway has validated the client's document and built the operation from it, so a rejection means that
 * the subgraph does not have the schema that the supergraph was composed from: INTERNAL, and logged.
 *
 * There is one exception. To the gateway a custom scalar is any value; only the subgraph knows that
 * `DateTime` can't be "tomorrow". Such a literal is forwarded as the client wrote it, and the subgraph rejects
 * it with the very same code. The two are told apart by where the error is, which GraphQL specifies, not by
 * its message, which differs between libraries: no other rule of validation reports an error at a literal of a
 * custom scalar. Where the scalar itself throws the error, graphql-js reports no location, while each of its
 * rules does; so an error without a location is about a value too, if the operation has any such literal.
 */
export function classifyRejection(
  errors: readonly GraphQLFormattedError[],
  { subgraph, query, schema, requestId }: SentOperation,
  logger: Logger,
): GraphQLFormattedError[] {
  if (!errors.some(mayBeRejection)) return [...errors];
  const isAboutValue = aboutValues(query, schema);
  const blamed = errors.map((error) => {
    if (!mayBeRejection(error)) return error;
    if (isAboutValue(error)) return withCode('BAD_USER_INPUT', error);
    return codeOf(error) === undefined ? error : withCode('INTERNAL', error);
  });
  if (blamed.some((error, index) => codeOf(error) === 'INTERNAL' && error !== errors[index])) {
    const messages = errors.map(({ message }) => message).join(' ');
    logger.error(
      { subgraph, operation: shortMessage(query), reason: shortMessage(messages), requestId },
      'subgraph rejected an operation; its schema may differ from the composed one',
    );
  }
  return blamed;
}

const PARSE_FAILED = 'GRAPHQL_PARSE_FAILED';
const VALIDATION_FAILED = 'GRAPHQL_VALIDATION_FAILED';

const codeOf = ({ extensions }: GraphQLFormattedError): unknown => extensions?.['code'];

/** Apollo Server, Yoga and others have a code for it; a plain graphql-js server has none, and no path. */
function mayBeRejection(error: GraphQLFormattedError): boolean {
  const code = codeOf(error);
  return code === PARSE_FAILED || code === VALIDATION_FAILED || (code === undefined && !error.path);
}

const withCode = (code: string, { message }: GraphQLFormattedError): GraphQLFormattedError => ({
  message,
  extensions: { code },
});

function aboutValues(query: string, schema: GraphQLSchema) {
  const literals = literalsOfCustomScalars(query, schema);
  const lineStarts = [
    0,
    ...query.matchAll(/\r\n|\n|\r/g).map(({ index, 0: end }) => index + end.length),
  ];
  const isAtLiteral = ({ line, column }: SourceLocation) => {
    const at = (lineStarts[line - 1] ?? NaN) + column - 1;
    return literals.some(({ start, end }) => start <= at && at < end);
  };
  return (error: GraphQLFormattedError): boolean => {
    const code = codeOf(error);
    if (code === PARSE_FAILED) return false;
    if (error.locations) return error.locations.some(isAtLiteral);
    return code === VALIDATION_FAILED && literals.length > 0;
  };
}

function literalsOfCustomScalars(query: string, schema: GraphQLSchema): Location[] {
  const found: Location[] = [];
  const types = new TypeInfo(schema);
  const note = ({ loc }: ValueNode) => {
    const type = getNamedType(types.getInputType());
    if (loc && isScalarType(type) && !isSpecifiedScalarType(type)) found.push(loc);
  };
  const visitor = Object.fromEntries(LITERALS.map((kind) => [kind, note]));
  visit(parse(query), visitWithTypeInfo(types, visitor));
  return found;
}

const LITERALS = [
  Kind.STRING,
  Kind.INT,
  Kind.FLOAT,
  Kind.BOOLEAN,
  Kind.ENUM,
  Kind.NULL,
  Kind.LIST,
  Kind.OBJECT,
];
