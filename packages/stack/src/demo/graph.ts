import { z } from 'zod';

/** The public graph, in the same way as any client: no other access is needed to fill a store. */
export interface Graph {
  /** Rejects when the response has errors or does not match `Answer`. */
  ask<Answer extends z.ZodType>(
    Answer: Answer,
    query: string,
    variables?: Variables,
  ): Promise<z.output<Answer>>;
  /** As `ask`, with one file as the variable `$file`. */
  send<Answer extends z.ZodType>(
    Answer: Answer,
    query: string,
    upload: { readonly file: File; readonly variables: Variables },
  ): Promise<z.output<Answer>>;
}

type Variables = Readonly<Record<string, unknown>>;

export const UserErrors = z.array(z.object({ code: z.string(), message: z.string() }));

const Reply = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

export function openGraph({ gatewayUrl }: { readonly gatewayUrl: string }): Graph {
  async function post<Answer extends z.ZodType>(
    Answer: Answer,
    request: { headers: Record<string, string>; body: string | FormData },
  ): Promise<z.output<Answer>> {
    const response = await fetch(new URL('/graphql', gatewayUrl), {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'apollo-require-preflight': 'true',
        ...request.headers,
      },
      body: request.body,
      signal: AbortSignal.timeout(30_000),
    });
    const { data, errors } = Reply.parse(await response.json());
    if (errors) throw new Error(errors.map(({ message }) => message).join('\n'));
    return Answer.parse(data);
  }

  return {
    ask: (Answer, query, variables = {}) =>
      post(Answer, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      }),

    /** https://github.com/jaydenseric/graphql-multipart-request-spec: operations, map, then files. */
    send(Answer, query, { file, variables }) {
      const form = new FormData();
      form.set('operations', JSON.stringify({ query, variables: { ...variables, file: null } }));
      form.set('map', JSON.stringify({ 0: ['variables.file'] }));
      form.set('0', file);
      return post(Answer, { headers: {}, body: form });
    },
  };
}

/** Throws if there are user errors. */
export function expectNoUserErrors(
  userErrors: z.output<typeof UserErrors>,
  { doing, allow = [] }: { readonly doing: string; readonly allow?: readonly string[] },
): void {
  const refused = userErrors.filter(({ code }) => !allow.includes(code));
  if (refused.length > 0) {
    throw new Error(
      `${doing}: ${refused.map(({ code, message }) => `${code} ${message}`).join('; ')}`,
    );
  }
}
