import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

const BOUNDARY = 'a-boundary-of-the-tests';

export interface FormFile {
  /** The variable of the file: `file`, or `files.0`. */
  path: string;
  filename?: string;
  bytes: Buffer;
}

/** The parts of a GraphQL multipart request with the files in the given order, and its end. */
export function formParts({ query, files }: { query: string; files: FormFile[] }) {
  const list = files.filter(({ path }) => path.startsWith('files.')).map(() => null);
  const variables = list.length > 0 ? { files: list } : { file: null };
  const map = Object.fromEntries(files.map(({ path }, index) => [index, [`variables.${path}`]]));
  const fields = Buffer.from(
    field('operations', JSON.stringify({ query, variables })) + field('map', JSON.stringify(map)),
  );
  const parts = files.map(({ filename = 'file.bin', bytes }, index) =>
    Buffer.concat([
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${index}"; filename="${filename}"\r\n` +
          'Content-Type: application/octet-stream\r\n\r\n',
      ),
      bytes,
      Buffer.from('\r\n'),
    ]),
  );
  return { fields, parts, end: Buffer.from(`--${BOUNDARY}--\r\n`) };
}

const field = (name: string, value: string) =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

export const formHeaders = {
  'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
  'apollo-require-preflight': 'true',
};

/** Sends a form whole. */
export function postForm(
  url: string,
  form: { query: string; files: FormFile[] },
  headers: Record<string, string> = {},
) {
  const { fields, parts, end } = formParts(form);
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...formHeaders, ...headers },
    body: Buffer.concat([fields, ...parts, end]),
  });
}

/** A form that is sent by hand. */
export async function openForm(
  port: number,
  {
    length = 100_000_000,
    headers = {},
  }: { length?: number; headers?: Record<string, string> } = {},
) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => {});
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  const head = Object.entries({ ...formHeaders, 'content-length': String(length), ...headers });
  await send(
    socket,
    `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n${head.map((pair) => `${pair.join(': ')}\r\n`).join('')}\r\n`,
  );
  return {
    send: (bytes: Buffer) => send(socket, bytes),
    hangUp: () => socket.destroy(),
    /** The status and body of the response when it is complete. */
    async answer() {
      for (;;) {
        const [head = '', body] = Buffer.concat(received).toString().split('\r\n\r\n');
        const expected = /content-length: (\d+)/i.exec(head)?.[1];
        if (body !== undefined && Buffer.byteLength(body) >= Number(expected)) {
          return { status: Number(head.split(' ')[1]), text: body };
        }
        if (socket.destroyed) throw new Error('The connection was closed without an answer.');
        await Promise.race([once(socket, 'data'), once(socket, 'close')]);
      }
    },
  };
}

const send = (socket: Socket, bytes: Buffer | string) =>
  new Promise<void>((resolve) => {
    socket.write(bytes, () => resolve());
  });
