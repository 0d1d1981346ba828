interface Refusal {
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** The first error of a response in the form of GraphQL; undefined if it has another form. */
export function refusalOf(text: string): Refusal | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (!isRefusal(answer)) return undefined;
    const { message, extensions } = answer.errors[0] ?? {};
    return { code: stringOf(extensions?.code), message: stringOf(message) };
  } catch {
    return undefined;
  }
}

const stringOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

const isRefusal = (
  answer: unknown,
): answer is { errors: { message?: unknown; extensions?: { code?: unknown } }[] } =>
  typeof answer === 'object' &&
  answer !== null &&
  'errors' in answer &&
  Array.isArray(answer.errors);
