import { shortMessage } from '@federated-media/subgraph-kit/excerpt';
import type { GraphQLFormattedError } from 'graphql';
import { isObject } from './execution/response-objects.ts';

/** Per response. */
const MAX_ERRORS = 100;
const MAX_PATH_LENGTH = 100;
const MAX_NAME_LENGTH = 250;
const MAX_LOCATIONS = 10;
const MAX_CODE_LENGTH = 100;
/** Of the extensions of one error without its code. */
const MAX_EXTENSIONS_LENGTH = 2_000;
const MAX_EXTENSIONS_DEPTH = 5;

/**
 * With `http` a subgraph could set the status of the gateway's response (Apollo Server reads it). A key `__proto__`
 * would replace the prototype.
 */
const IGNORED_EXTENSIONS: ReadonlySet<string> = new Set(['code', 'http', '__proto__']);

/** The errors of a subgraph's response: at most 100, each bounded. The last one counts the omitted ones. */
export function readErrors(subgraph: string, listed: readonly unknown[]): GraphQLFormattedError[] {
  if (listed.length <= MAX_ERRORS) return listed.map((error) => readError(subgraph, error));
  const shown = listed.slice(0, MAX_ERRORS - 1).map((error) => readError(subgraph, error));
  const more = listed.length - shown.length;
  const { extensions: { code } = {} } = readError(subgraph, listed[shown.length]);
  return [
    ...shown,
    {
      message: `"${subgraph}" reported ${more} more errors.`,
      // The code of the first omitted error: clients see only messages with a public code.
      extensions: { code: code ?? 'SUBGRAPH_UNAVAILABLE' },
    },
  ];
}

function readError(subgraph: string, error: unknown): GraphQLFormattedError {
  const fields = isObject(error) ? error : {};
  const message =
    typeof fields['message'] === 'string'
      ? shortMessage(fields['message'])
      : `"${subgraph}" reported an error without a message.`;
  const { path, locations, extensions } = fields;
  return {
    message,
    ...(isPath(path) && { path }),
    ...(isListOfLocations(locations) && { locations }),
    ...(isObject(extensions) && { extensions: readExtensions(extensions) }),
  };
}

/** The code, and other extensions up to the limit. */
function readExtensions(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { code } = given;
  const kept: Record<string, unknown> = {};
  if (typeof code === 'string' && code.length <= MAX_CODE_LENGTH) kept['code'] = code;
  let left = MAX_EXTENSIONS_LENGTH;
  for (const [name, value] of Object.entries(given)) {
    if (IGNORED_EXTENSIONS.has(name)) continue;
    const length = name.length + lengthOf(value, MAX_EXTENSIONS_DEPTH, left);
    if (length > left) continue;
    left -= length;
    kept[name] = value;
  }
  return kept;
}

/** The approximate length of `value` as JSON; more than `limit` if it is longer or nested too deeply. */
function lengthOf(value: unknown, depth: number, limit: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return String(value).length;
  if (depth === 0) return limit + 1;
  let length = 2;
  for (const [name, child] of Object.entries(value)) {
    length += (Array.isArray(value) ? 1 : name.length + 4) + lengthOf(child, depth - 1, limit);
    if (length > limit) break;
  }
  return length;
}

const isPath = (value: unknown): value is (string | number)[] =>
  Array.isArray(value) && value.length <= MAX_PATH_LENGTH && value.every(isPathElement);

const isPathElement = (value: unknown): boolean =>
  typeof value === 'string' ? value.length <= MAX_NAME_LENGTH : isIndex(value);

const isListOfLocations = (value: unknown): value is { line: number; column: number }[] =>
  Array.isArray(value) && value.length <= MAX_LOCATIONS && value.every(isLocation);

const isLocation = (value: unknown): boolean =>
  isObject(value) && isIndex(value['line']) && isIndex(value['column']);

const isIndex = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
