import type { RequestListener } from 'node:http';
import type { Readable } from 'node:stream';
import { Pool } from 'undici';

/** How modules reach each other. `sockets`, or a local network that keeps requests within one process in memory. */
export interface Network {
  /** Connections to the server at `origin`, for the requests of one caller. */
  open(origin: string, options: ConnectionOptions): Connections;
  /** A server of this process listens at `origins`; `listener` handles its requests. */
  announce(origins: readonly string[], listener: RequestListener): Announced;
}

export interface Announced {
  /** Call it before the server stops. Resolves when the requests in memory have ended. */
  close(): Promise<void>;
  /** Disconnects the requests in memory. */
  abort(): void;
}

export interface ConnectionOptions {
  /** Concurrent sockets. Absent: no limit. Requests in memory need none, so that callers limit their requests. */
  readonly sockets?: number;
  /** A larger response fails. */
  readonly maxResponseBytes: number;
}

export interface Connections {
  /**
   * Resolves when the whole response has arrived. It has no time limit but that of `signal`.
   * @throws the reason of `signal`, or an error when the server is unavailable or the response is too large
   */
  request(request: OutgoingRequest): Promise<CompleteResponse>;
  /** Aborts requests in progress. */
  close(): Promise<void>;
}

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  /** With the query string. */
  readonly path: string;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** A stream is read at the speed of the server, and destroyed when the request ends before it. */
  readonly body?: string | Readable;
  readonly signal: AbortSignal;
}

export interface CompleteResponse {
  readonly statusCode: number;
  header(name: string): string | undefined;
  readonly text: string;
}

const CONNECT_TIMEOUT_MS = 3_000;

/** Every request uses a socket, for servers in other processes. */
export const sockets: Network = {
  open(origin, { sockets: connections, maxResponseBytes }) {
    const pool = new Pool(origin, {
      ...(connections !== undefined && { connections }),
      pipelining: 1,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      // Each request has a separate deadline.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: maxResponseBytes,
    });
    return {
      async request({ method, path, headers, body = null, signal }) {
        const response = await pool.request({ method, path, headers, body, signal });
        return {
          statusCode: response.statusCode,
          header(name) {
            const value = response.headers[name];
            return typeof value === 'string' ? value : undefined;
          },
          text: await response.body.text(),
        };
      },
      close: () => pool.destroy(),
    };
  },
  announce: () => ({ close: async () => {}, abort() {} }),
};
