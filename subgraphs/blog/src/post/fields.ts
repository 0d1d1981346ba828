import { isBlank } from '@federated-media/subgraph-kit/normal-form';
import { lengthOf, lineProblem, textProblem } from '@federated-media/subgraph-kit/text';
import { userError } from '@federated-media/subgraph-kit/user-error';
import type { PostUserError } from '../generated/graphql.ts';
import { SLUG_RULE, isSlug } from './slug.ts';

const MAX_TITLE = 255;
const MAX_BODY = 100_000;

/** Given fields of a post. Undefined: not given. */
export interface GivenFields {
  readonly title?: string | undefined;
  readonly slug?: string | undefined;
  readonly body?: string | undefined;
}

/** The first problem of the fields of an `input`, or null. */
export function fieldProblem({ title, slug, body }: GivenFields): PostUserError | null {
  const problems = {
    title: title === undefined ? null : lineProblem(title, MAX_TITLE),
    slug: slug === undefined || isSlug(slug) ? null : SLUG_RULE,
    body: body === undefined ? null : bodyProblem(body),
  };
  for (const [field, problem] of Object.entries(problems)) {
    if (problem) return userError('INVALID', problem, ['input', field]);
  }
  return null;
}

/** Stored unchanged, so surrounding spaces count: they have a meaning in Markdown. */
function bodyProblem(body: string): string | null {
  if (isBlank(body)) return 'The text must not be empty.';
  if (lengthOf(body) > MAX_BODY) return `Too long. The maximum is ${MAX_BODY} characters.`;
  return textProblem(body, MAX_BODY);
}
