const BOUNDARY = 'boundary';

export const MULTIPART_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** The beginning of the body of an upload: `bytes` of its only file. */
export function partsUpTo(bytes: Uint8Array, query: string, input: object = {}): Buffer {
  const field = (name: string, value: object) =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${JSON.stringify(value)}\r\n`;
  const head =
    field('operations', { query, variables: { input: { ...input, file: null } } }) +
    field('map', { 0: ['variables.input.file'] }) +
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="0"; filename="a.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}
