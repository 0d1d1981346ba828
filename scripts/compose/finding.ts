import type { Place } from '@federated-media/stack/composition/definitions';

/** An error fails the check, a warning is for somebody to look at, a note for who wants to know. */
type Severity = 'error' | 'warning' | 'note';

/** What a check of the graph found. */
export interface Finding {
  readonly severity: Severity;
  readonly about: 'composition' | 'change' | 'acceptance' | 'operation' | 'lint' | 'check';
  readonly code: string;
  /** As the GraphQL specification writes it. Null when it is about no one thing of the schema. */
  readonly coordinate: string | null;
  readonly message: string;
  /** The first first; empty when it is nowhere in a file. */
  readonly places: readonly Place[];
  /** What to do about it. Null when the message says it. */
  readonly fix: string | null;
}
