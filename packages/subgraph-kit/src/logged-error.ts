import { stdSerializers } from 'pino';
import { excerpt, shortMessage } from './excerpt.ts';

const MAX_STACK_LINES = 50;
const MAX_ENTRIES = 20;
const MAX_DEPTH = 3;

/**
 * Prepares an error for the log. Errors of libraries and PostgreSQL repeat input in messages, stacks and details, so
 * that each text is shortened as in a response.
 */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return bounded(error);
  const { stack, ...logged } = stdSerializers.err(error);
  return { ...boundedEntries(logged, 0), stack: boundedStack(stack) };
}

/** File paths are not shortened. */
const boundedStack = (stack: string) =>
  stack
    .split('\n', MAX_STACK_LINES)
    .map((line) => (/^\s+at /.test(line) && line.length < 300 ? line : shortMessage(line)))
    .join('\n');

/** `value` with shortened texts and only the first entries of the upper levels. */
function bounded(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return shortMessage(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH) return '…';
  if (Array.isArray(value))
    return value.slice(0, MAX_ENTRIES).map((one) => bounded(one, depth + 1));
  return boundedEntries(value, depth);
}

const boundedEntries = (value: object, depth: number) =>
  Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_ENTRIES)
      .map(([name, one]) => [excerpt(name), bounded(one, depth + 1)] as const),
  );
