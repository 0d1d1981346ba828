import { type Connection, headersOf } from './connection.ts';
import { UploadError } from './errors.ts';
import { type Received, send } from './send.ts';

/** Codes of GraphQL errors with which the same request can succeed later. */
const RETRYABLE = new Set([
  'OVERLOADED',
  'INSUFFICIENT_STORAGE',
  'UNAVAILABLE',
  'TIMEOUT',
  'RATE_LIMITED',
  'SUBGRAPH_UNAVAILABLE',
]);
const RETRYABLE_STATUS = new Set([408, 429, 502, 503, 504, 507]);

interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The value of the variable `file`, sent as a part of a multipart request. */
  readonly file?: Blob;
  readonly filename?: string;
  readonly onSent?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs an operation and returns the value of its root field `result`. @throws UploadError */
export async function ask<Result>(connection: Connection, question: Question): Promise<Result> {
  const { query, variables, file, filename, onSent, signal } = question;
  const headers = await headersOf(connection);
  const operation = JSON.stringify({ query, variables });
  const received = await send({
    url: String(connection.endpoint),
    method: 'POST',
    headers: file ? headers : { ...headers, 'content-type': 'application/json' },
    body: file ? formOf(operation, file, filename) : operation,
    onSent,
    signal,
    silentMs: connection.silentMs,
  });
  return resultOf<Result>(received);
}

/** GraphQL multipart request specification. */
function formOf(operations: string, file: Blob, filename: string | undefined): FormData {
  const form = new FormData();
  form.append('operations', operations);
  form.append('map', '{"0":["variables.input.file"]}');
  form.append('0', file, filename);
  return form;
}

interface Answer<Result> {
  readonly data?: { readonly result?: Result | null } | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly requestId?: string };
  }[];
}

function resultOf<Result>({ status, text, retryAfterMs }: Received): Result {
  const answer = parse<Result>(text);
  const result = answer?.data?.result;
  if (result !== undefined && result !== null) return result;
  const { message, extensions = {} } = answer?.errors?.[0] ?? {
    message: `The server responded with status ${status}.`,
  };
  const code = extensions.code ?? `HTTP_${status}`;
  throw new UploadError(message, {
    code,
    requestId: extensions.requestId,
    isRetryable: RETRYABLE.has(code) || RETRYABLE_STATUS.has(status),
    retryAfterMs,
  });
}

function parse<Result>(text: string): Answer<Result> | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return isAnswer<Result>(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** The server guarantees the types of the fields that the operation selects. */
const isAnswer = <Result>(value: unknown): value is Answer<Result> =>
  typeof value === 'object' && value !== null && ('data' in value || 'errors' in value);

export interface UserError {
  readonly code: string;
  readonly message: string;
  readonly field: readonly string[] | null;
}

/** @throws UploadError the first of `errors`, if there is one */
export function throwFirst([first]: readonly UserError[]): void {
  if (!first) return;
  throw new UploadError(first.message, {
    code: first.code,
    field: first.field ?? undefined,
    isRetryable: first.code === 'UPLOAD_INCOMPLETE',
  });
}

/** The uploaded file. @throws UploadError when it was rejected, or when a selected field failed */
export function fileOf<File>(file: File | null, errors: readonly UserError[]): File {
  throwFirst(errors);
  if (file !== null) return file;
  const message = 'The file was uploaded, but a selected field could not be read.';
  throw new UploadError(message, { code: 'INTERNAL' });
}
