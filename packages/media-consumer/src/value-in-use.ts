import { violatesUnique } from '@federated-media/subgraph-kit/database-error';
import { hasCode } from '@federated-media/subgraph-kit/error-code';
import { rejectedWith } from './user-error.ts';

/** Prisma's code for a unique constraint that failed. */
const PRISMA_UNIQUE_VIOLATION = 'P2002';

/** Another row already has a value that must be unique. */
export class ValueInUseError extends Error {
  constructor(options?: ErrorOptions) {
    super('The value is already in use.', options);
    this.name = 'ValueInUseError';
  }
}

/** The result of a statement of Prisma, or of one written by hand. @throws ValueInUseError */
export async function orValueInUse<Result>(statement: Promise<Result>): Promise<Result> {
  try {
    return await statement;
  } catch (cause) {
    const isInUse = hasCode(cause, PRISMA_UNIQUE_VIOLATION) || violatesUnique(cause);
    throw isInUse ? new ValueInUseError({ cause }) : cause;
  }
}

/** The payload of `change`; that of `problem` when `change` throws ValueInUseError. */
export async function unlessInUse<Payload, Problem>(
  problem: Problem,
  change: () => Promise<Payload>,
) {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof ValueInUseError)) throw error;
    return rejectedWith(problem);
  }
}
