/** What is wrong with `text` as the URL of a GraphQL endpoint, as the end of a sentence; undefined: nothing. */
export function graphqlUrlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    return 'must have an http or https URL';
  }
  if (!hasNoPath.test(text)) return undefined;
  // It could mean the root or, as earlier versions read it, /graphql. Asking at the wrong one of the two would
  // fail request by request; this fails at start, and says what to write.
  const { origin, search } = url;
  return `must have a URL with a path: ${origin}/graphql${search}, or ${origin}/${search} for a service at the root`;
}

const hasNoPath = /^\w+:\/\/[^/?#]+(?:[?#]|$)/;
