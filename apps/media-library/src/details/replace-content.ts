import type { Session } from '../session/session.ts';
import * as v from 'valibot';
import type { Problem } from './problem.ts';

const REPLACE = `mutation ReplaceContent($input: ReplaceMediaContentInput!) {
  replaceMediaContent(input: $input) {
    mediaFile { id version }
    userErrors { code message field }
  }
}`;

const Answer = v.object({
  data: v.nullish(
    v.object({
      replaceMediaContent: v.nullish(
        v.object({
          mediaFile: v.nullable(v.object({ version: v.number() })),
          userErrors: v.array(
            v.object({
              code: v.string(),
              message: v.string(),
              field: v.nullable(v.array(v.string())),
            }),
          ),
        }),
      ),
    }),
  ),
  errors: v.optional(
    v.array(
      v.object({
        message: v.string(),
        extensions: v.optional(v.object({ code: v.optional(v.string()) })),
      }),
    ),
  ),
});

interface Replacement {
  readonly id: string;
  readonly version: number;
  readonly file: File;
  /** The share that was sent, 0 to 1. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

type Replaced = { readonly version: number } | { readonly problem: Problem };

/** Sends new bytes of a file as a multipart request. XMLHttpRequest is the only way to learn how much was sent. */
export async function replaceContent(
  session: Session,
  { id, version, file, onProgress, signal }: Replacement,
): Promise<Replaced> {
  const token = await session.token();
  const form = new FormData();
  const variables = { input: { id, version, file: null } };
  form.append('operations', JSON.stringify({ query: REPLACE, variables }));
  form.append('map', '{"0":["variables.input.file"]}');
  form.append('0', file, file.name);

  const request = new XMLHttpRequest();
  const { promise, resolve } = Promise.withResolvers<Replaced>();
  request.open('POST', '/graphql');
  request.setRequestHeader('apollo-require-preflight', 'true');
  if (token) request.setRequestHeader('authorization', `Bearer ${token}`);
  request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / total));
  request.addEventListener('load', () => {
    if (request.status === 401 && token) session.rejected(token);
    resolve(resultOf(request.responseText));
  });
  request.addEventListener('error', () => resolve(failed('NETWORK')));
  request.addEventListener('abort', () => resolve(failed('ABORTED')));
  signal.addEventListener('abort', () => request.abort());
  request.send(form);
  return promise;
}

function resultOf(text: string): Replaced {
  const answer = v.safeParse(Answer, parsed(text));
  if (!answer.success) return failed('NETWORK');
  const { data, errors } = answer.output;
  const { mediaFile, userErrors = [] } = data?.replaceMediaContent ?? {};
  const [problem] = userErrors;
  if (problem) return { problem };
  if (mediaFile) return mediaFile;
  return failed(errors?.[0]?.extensions?.code ?? 'NETWORK', errors?.[0]?.message);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const failed = (code: string, message = ''): Replaced => ({
  problem: { code, message, field: null },
});
