import type { MediaUserError } from '../generated/graphql.ts';
import { userError } from './user-error.ts';

/** The maximum of problems reported for one input. */
const MAX_PROBLEMS = 10;

/** A value that the caller must correct. Users see the message. */
export class InvalidValue extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidValue';
  }
}

/** Collects the problems of all values, so that the caller gets them at once. */
export type Check = <Value>(field: readonly string[], read: () => Value) => Value | undefined;

export function createChecks(path: readonly string[]): {
  check: Check;
  problems: MediaUserError[];
} {
  const problems: MediaUserError[] = [];
  return {
    problems,
    check(field, read) {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof InvalidValue)) throw error;
        if (problems.length < MAX_PROBLEMS) {
          problems.push(userError('INVALID', error.message, [...path, ...field]));
        }
        return undefined;
      }
    },
  };
}
