import { definitionsOf } from '@federated-media/stack/composition/definitions';
import type { DocumentNode } from 'graphql';
import type { Finding } from './finding.ts';
import { accessGuards } from './lint/access.ts';
import { deprecationDatesAreReal, deprecationsHaveReason } from './lint/deprecations.ts';
import { described } from './lint/descriptions.ts';
import {
  mutationsAnswerPayload,
  mutationsTakeInput,
  payloadsTellRefusals,
} from './lint/mutations.ts';
import { inputsEndInInput, namedAsUsual } from './lint/names.ts';
import { referencesAreNullable } from './lint/references.ts';

const rules = [
  described,
  namedAsUsual,
  inputsEndInInput,
  mutationsTakeInput,
  mutationsAnswerPayload,
  payloadsTellRefusals,
  referencesAreNullable,
  deprecationsHaveReason,
  deprecationDatesAreReal,
  accessGuards,
];

/** Where one subgraph's schema breaks our conventions. */
export function lint(schema: DocumentNode): Finding[] {
  const definitions = definitionsOf(schema);
  return rules.flatMap(({ code, fix, find }) =>
    find(definitions).map(({ definition, message }) => ({
      severity: 'error' as const,
      about: 'lint' as const,
      code,
      coordinate: definition.coordinate,
      message,
      places: definition.place ? [definition.place] : [],
      fix,
    })),
  );
}
