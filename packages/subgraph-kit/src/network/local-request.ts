import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** A request as a server of Node sees it, whose body is pushed by its sender. */
export class LocalRequest extends IncomingMessage {
  readonly #readMore: () => void;

  constructor(
    socket: Socket,
    {
      method,
      path,
      headers,
      readMore,
    }: {
      method: string;
      path: string;
      /** By lower-case names, as Node reports them. */
      headers: Record<string, string>;
      /** Called when the server wants more of the body. */
      readMore: () => void;
    },
  ) {
    super(socket);
    this.#readMore = readMore;
    this.method = method;
    this.url = path;
    this.httpVersion = '1.1';
    this.httpVersionMajor = 1;
    this.httpVersionMinor = 1;
    this.headers = headers;
    this.headersDistinct = Object.fromEntries(
      Object.entries(headers).map(([header, value]) => [header, [value]]),
    );
    this.rawHeaders = Object.entries(headers).flat();
  }

  override _read(): void {
    this.#readMore();
  }

  /** Returns whether it wants more now; otherwise it calls `readMore` later. */
  receive(chunk: string | Buffer): boolean {
    return this.push(chunk);
  }

  receiveEnd(): void {
    this.complete = true;
    this.push(null);
  }
}
