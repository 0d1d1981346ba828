import type { Place } from '@federated-media/stack/composition/definitions';

/** An error fails the check, a warning should be reviewed, a note is informational. */
type Severity = 'error' | 'warning' | 'note';

/** A finding of the checks. */
export interface Finding {
  readonly severity: Severity;
  readonly about: 'composition' | 'change' | 'acceptance' | 'operation' | 'lint' | 'check';
  readonly code: string;
  /** A schema coordinate. Null when it is not about one element of the schema. */
  readonly coordinate: string | null;
  readonly message: string;
  /** The most important first; empty when it is not in a file. */
  readonly places: readonly Place[];
  /** What to do. Null when the message contains it. */
  readonly fix: string | null;
}
