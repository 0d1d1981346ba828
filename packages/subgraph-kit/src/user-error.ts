/** What a caller can mend, as every subgraph's schema has it. */
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
): UserError<Code> => ({ code, message, field: [...field] });
