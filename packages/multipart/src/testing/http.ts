import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { type MultipartLimits, type MultipartRequest, readMultipart } from '../read-multipart.ts';

export const BOUNDARY = 'test-boundary';

const LIMITS: MultipartLimits = {
  sender: 'a client',
  maxFieldBytes: 10_000,
  maxFileBytes: 50_000_000,
  maxFiles: 10,
  idleMs: 5_000,
  unreadMs: 5_000,
  pace: { minBytesPerSecond: 0, windowMs: 30_000, totalMs: 60_000 },
  json: { maxValues: 1_000, maxDepth: 16 },
};

export interface Part {
  name?: string;
  filename?: string;
  type?: string;
  /** Replaces the headers that the other three fields would set. */
  headers?: string;
  body: string | Buffer;
}

/** The body of a form, closed by its last boundary. */
export const formOf = (...parts: Part[]) =>
  Buffer.concat([...parts.map(partOf), Buffer.from(`--${BOUNDARY}--\r\n`)]);

/** One part. Omit the closing boundary to make a body incomplete. */
export function partOf({ name, filename, type, headers, body }: Part): Buffer {
  const disposition =
    (name === undefined ? '' : `; name="${name}"`) +
    (filename === undefined ? '' : `; filename="${filename}"`);
  const head =
    headers ??
    `Content-Disposition: form-data${disposition}\r\n${type ? `Content-Type: ${type}\r\n` : ''}`;
  return Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\n${head}\r\n`),
    Buffer.from(body),
    Buffer.from('\r\n'),
  ]);
}

/** `operations` with null at `count` places, and the `map` of files `0`, `1`, … to them. */
export const fieldsFor = (count: number): Part[] => [
  {
    name: 'operations',
    body: JSON.stringify({
      query: 'mutation ($files: [Upload!]!) { upload(files: $files) }',
      variables: { files: Array.from({ length: count }, () => null) },
    }),
  },
  {
    name: 'map',
    body: JSON.stringify(
      Object.fromEntries(Array.from({ length: count }, (_, i) => [i, [`variables.files.${i}`]])),
    ),
  },
];

export const fileOf = (name: string, body: string | Buffer = 'bytes'): Part => ({
  name,
  filename: `${name}.bin`,
  type: 'application/octet-stream',
  body,
});

type Execute = (multipart: MultipartRequest, request: IncomingMessage) => Promise<unknown>;

const opened: { close(): Promise<void> }[] = [];

/** Closes every server of the test. For `afterEach`. */
export const closeServers = () => Promise.all(opened.splice(0).map((server) => server.close()));

/** A server that must not execute anything. */
export async function openRefusingServer(limits: Partial<MultipartLimits> = {}) {
  const executed: unknown[] = [];
  const server = await openServer(async ({ operations }) => executed.push(operations), limits);
  return { ...server, executed };
}

/** A real server that responds with the result of `execute`, or with the error of the form. */
export async function openServer(execute: Execute, limits: Partial<MultipartLimits> = {}) {
  const answered: Promise<void>[] = [];
  const server = createServer((request, response) => {
    answered.push(answer(request, response, { execute, limits: { ...LIMITS, ...limits } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const opening = {
    port,
    url: `http://127.0.0.1:${port}`,
    /** Resolves when every request so far was answered. */
    settled: () => Promise.all(answered),
    async close() {
      server.closeAllConnections();
      server.close();
      await Promise.all(answered);
    },
  };
  opened.push(opening);
  return opening;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { execute, limits }: { execute: Execute; limits: MultipartLimits },
) {
  const send = (status: number, body: unknown) => {
    const text = JSON.stringify(body);
    response
      .writeHead(status, { connection: 'close', 'content-length': Buffer.byteLength(text) })
      .end(text);
  };
  let multipart: MultipartRequest | undefined;
  try {
    multipart = await readMultipart(request, limits);
    send(200, (await execute(multipart, request)) ?? null);
  } catch (error) {
    const { statusCode = 500, message } = error as Error & { statusCode?: number };
    send(statusCode, { error: message });
  }
  await multipart?.finish();
  request.resume();
}

/** A client that writes raw bytes, so that it can violate the protocol. */
export async function openClient(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  socket.on('error', () => {});
  const closed = new Promise((resolve) => {
    socket.once('close', resolve);
  });
  return {
    socket,
    head: (length: number | 'chunked', contentType = `multipart/form-data; boundary=${BOUNDARY}`) =>
      send(
        socket,
        `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${contentType}\r\n` +
          (length === 'chunked' ? '' : `Content-Length: ${length}\r\n`) +
          '\r\n',
      ),
    send: (bytes: string | Buffer) => send(socket, bytes),
    hangUp: () => socket.destroy(),
    /** The answer, once the server closed the connection. */
    async answer() {
      await closed;
      const text = Buffer.concat(received).toString();
      const [head = '', body = ''] = text.split('\r\n\r\n');
      return { status: Number(head.split(' ')[1]), body };
    },
  };
}

const send = (socket: Socket, bytes: string | Buffer) =>
  new Promise<void>((resolve) => {
    socket.write(bytes, () => resolve());
  });

/** Sends one whole body and waits for the answer. */
export async function post(url: string, body: Buffer, contentType?: string) {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': contentType ?? `multipart/form-data; boundary=${BOUNDARY}` },
  });
  return { status: response.status, body: (await response.json()) as { error?: string } };
}

/** All of a file's bytes. */
export async function bytesOf(multipart: MultipartRequest, index: number): Promise<Buffer> {
  const file = await multipart.uploads[index]!.promise;
  const chunks: Buffer[] = [];
  for await (const chunk of file.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
