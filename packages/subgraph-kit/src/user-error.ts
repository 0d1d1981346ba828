import { shortMessage } from './excerpt.ts';

/** An error that the caller can correct, in the form that all subgraphs return. */
export interface UserError<Code extends string> {
  /** For programs. */
  code: Code;
  /** For people. */
  message: string;
  /** The path into the mutation's arguments. */
  field: string[];
}

export const userError = <const Code extends string>(
  code: Code,
  message: string,
  field: readonly string[],
): UserError<Code> => ({ code, message: shortMessage(message), field: [...field] });
