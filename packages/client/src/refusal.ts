/** The code of the first error of a response in the form of GraphQL; undefined if it has another form. */
export function codeOf(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    const code = isRefusal(answer) ? answer.errors[0]?.extensions?.code : undefined;
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}

const isRefusal = (answer: unknown): answer is { errors: { extensions?: { code?: unknown } }[] } =>
  typeof answer === 'object' &&
  answer !== null &&
  'errors' in answer &&
  Array.isArray(answer.errors);
