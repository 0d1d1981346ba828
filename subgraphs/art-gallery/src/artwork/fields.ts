import { invalid } from '@federated-media/media-consumer/user-error';
import { isBlank } from '@federated-media/subgraph-kit/normal-form';
import { lineProblem } from '@federated-media/subgraph-kit/text';
import type { ArtworkUserError, CreateArtworkInput } from '../generated/graphql.ts';

const MAX_LINE = 255;
/** From the first dated works on. Years outside this range are typing errors. */
const YEARS = { first: -3000, last: 3000 };

/** The first problem of the fields of a new artwork, or null. */
export function fieldProblem({ title, year, medium }: CreateArtworkInput): ArtworkUserError | null {
  return (
    invalid(lineProblem(title, MAX_LINE), ['input', 'title']) ??
    invalid(yearProblem(year ?? 0), ['input', 'year']) ??
    invalid(mediumProblem(medium ?? ''), ['input', 'medium'])
  );
}

const mediumProblem = (medium: string): string | null =>
  isBlank(medium) ? null : lineProblem(medium, MAX_LINE);

const yearProblem = (year: number): string | null =>
  year < YEARS.first || year > YEARS.last
    ? `The year must be between ${YEARS.first} and ${YEARS.last}.`
    : null;
