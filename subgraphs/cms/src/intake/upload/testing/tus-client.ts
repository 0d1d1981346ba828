import { type HttpResponse, Upload, type UploadOptions } from 'tus-js-client';

/** Uploads with the client of most browsers, as fast as it can. Resolves to its last response. */
export function uploadByTus(
  bytes: Uint8Array,
  options: Partial<UploadOptions>,
): { done: Promise<HttpResponse>; upload: Upload } {
  const { promise: done, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const upload = new Upload(Buffer.from(bytes), {
    retryDelays: Array.from({ length: 20 }, () => 50),
    storeFingerprintForResuming: false,
    ...options,
    onSuccess: ({ lastResponse }) => resolve(lastResponse),
    onError: reject,
  });
  upload.start();
  return { done, upload };
}

/** One request as any client could send it. */
export const tusRequest = (
  method: string,
  url: string,
  headers: Record<string, string> = {},
  body?: Uint8Array<ArrayBuffer>,
) =>
  fetch(url, {
    method,
    headers: {
      'tus-resumable': '1.0.0',
      ...(body && { 'content-type': 'application/offset+octet-stream' }),
      ...headers,
    },
    ...(body && { body }),
  });
