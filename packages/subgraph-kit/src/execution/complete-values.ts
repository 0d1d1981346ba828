import { GraphQLError, type GraphQLLeafType } from 'graphql';
import type { FieldErrors, Path } from './field-errors.ts';

/** The state of one execution. */
export interface Run {
  readonly context: unknown;
  /** Coerced. */
  readonly variables: { [variable: string]: unknown };
  readonly errors: FieldErrors;
}

/** Turns what a resolver returned into its part of the response, or into a promise of it. */
export type Complete = (value: unknown, run: Run, path: Path) => unknown;

/** Resolves all fields of an object. `path` is undefined for the operation itself. */
export type ExecuteFields = (source: unknown, run: Run, path: Path | undefined) => unknown;

/** Returns null and reports the error, or throws it where null is not allowed. */
export type Fail = (error: unknown, run: Run, path: Path) => null;

export interface Field {
  /** The response name. */
  readonly name: string;
  readonly execute: ExecuteFields;
}

/** Resolves `fields` in their order. */
export function executeFields(fields: readonly Field[]): ExecuteFields {
  // A copy of an object that has all fields is created faster than one that gets them one after the other.
  const nothing: Readonly<Record<string, unknown>> = Object.fromEntries(
    fields.map(({ name }) => [name, null]),
  );
  return (source, run, path) => {
    const result = { ...nothing };
    let isPending = false;
    try {
      for (const { name, execute } of fields) {
        const value = execute(source, run, path);
        result[name] = value;
        if (isPromise(value)) isPending = true;
      }
    } catch (error) {
      if (!isPending) throw error;
      // The other fields may fail as well, and someone has to wait for them.
      return settled(result).finally(() => {
        throw error;
      });
    }
    return isPending ? settled(result) : result;
  };
}

async function settled(result: Record<string, unknown>): Promise<Record<string, unknown>> {
  const values = await Promise.all(Object.values(result));
  for (const [index, name] of Object.keys(result).entries()) result[name] = values[index];
  return result;
}

export const completeLeaf =
  (type: GraphQLLeafType) =>
  (value: unknown): unknown => {
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) return null;
    const serialized: unknown = type.serialize(value);
    if (serialized === null || serialized === undefined) {
      throw new Error(`${type.name} serializes a value to ${serialized}.`);
    }
    return serialized;
  };

export function completeNonNull(complete: Complete, coordinate: string): Complete {
  const message = `Cannot return null for non-nullable field ${coordinate}.`;
  return (value, run, path) => {
    const completed = complete(value, run, path);
    if (completed === null) throw new Error(message);
    return completed;
  };
}

/** `execute` for an object that exists. */
export const completeExisting =
  (execute: Complete): Complete =>
  (value, run, path) => {
    if (value instanceof Error) throw value;
    return value === null || value === undefined ? null : execute(value, run, path);
  };

/** @param fail for one element */
export const completeList = (complete: Complete, fail: Fail, coordinate: string): Complete =>
  completeExisting((value, run, path) => {
    if (!isIterable(value)) {
      const message = `Expected Iterable, but did not find one for field "${coordinate}".`;
      throw new GraphQLError(message);
    }
    const list: unknown[] = [];
    let isPending = false;
    try {
      for (const element of value) {
        const at = { prev: path, key: list.length, typename: undefined };
        const completed = completeWith(complete, element, run, at, fail);
        list.push(completed);
        if (isPromise(completed)) isPending = true;
      }
    } catch (error) {
      // The pending elements may fail as well, which is of no interest any more.
      if (isPending) Promise.all(list).catch(() => {});
      throw error;
    }
    return isPending ? Promise.all(list) : list;
  });

/** Awaits `value` if it is a promise, completes it, and handles errors of both. */
export function completeWith(
  complete: Complete,
  value: unknown,
  run: Run,
  path: Path,
  fail: Fail,
): unknown {
  try {
    const completed = isPromise(value)
      ? value.then((resolved) => complete(resolved, run, path))
      : complete(value, run, path);
    return isPromise(completed)
      ? completed.then(undefined, (error: unknown) => fail(error, run, path))
      : completed;
  } catch (error) {
    return fail(error, run, path);
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

export const isPromise = (value: unknown): value is Promise<unknown> =>
  isObject(value) && typeof value['then'] === 'function';

const isIterable = (value: unknown): value is Iterable<unknown> =>
  isObject(value) && Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
