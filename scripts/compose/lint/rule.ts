import type { Definition } from '@federated-media/stack/composition/definitions';

/** A convention every subgraph's schema keeps. */
export interface Rule {
  readonly code: string;
  readonly fix: string;
  /** What breaks it, each with why. */
  find(definitions: readonly Definition[]): readonly Breach[];
}

export interface Breach {
  readonly definition: Definition;
  readonly message: string;
}

/** A rule that needs to see one definition at a time. */
export function ruleOfEach(
  code: string,
  fix: string,
  messageOf: (definition: Definition) => string | null,
): Rule {
  return {
    code,
    fix,
    find: (definitions) =>
      definitions.flatMap((definition) => {
        const message = messageOf(definition);
        return message === null ? [] : [{ definition, message }];
      }),
  };
}
