import type { Definition } from '@federated-media/stack/composition/definitions';

/** A convention for the schemas of all subgraphs. */
export interface Rule {
  readonly code: string;
  readonly fix: string;
  /** The violations, each with a message. */
  find(definitions: readonly Definition[]): readonly Breach[];
}

export interface Breach {
  readonly definition: Definition;
  readonly message: string;
}

/** A rule that checks each definition separately. */
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
