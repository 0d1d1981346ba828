import { lineProblem, trimText } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { ArtworkUserError, CreateArtworkInput } from '../generated/graphql.ts';

const MAX_LINE = 255;
/** From the first dated works on. Years outside this range are typing errors. */
const YEARS = { first: -3000, last: 3000 };

/** The first problem of the fields of a new artwork, or null. */
export function fieldProblem({ title, year, medium }: CreateArtworkInput): ArtworkUserError | null {
  const wrongTitle = lineProblem(title, MAX_LINE);
  if (wrongTitle) return userError('INVALID', wrongTitle, ['input', 'title']);
  if (typeof year === 'number' && (year < YEARS.first || year > YEARS.last)) {
    const message = `The year must be between ${YEARS.first} and ${YEARS.last}.`;
    return userError('INVALID', message, ['input', 'year']);
  }
  const named = trimText(medium);
  const wrongMedium = named === null ? null : lineProblem(named, MAX_LINE);
  return wrongMedium ? userError('INVALID', wrongMedium, ['input', 'medium']) : null;
}
