import { type IncomingMessage, ServerResponse } from 'node:http';
import type { CompleteResponse } from './network.ts';

/** The response of a server of Node, kept for its caller. */
export class LocalResponse extends ServerResponse {
  readonly #chunks: (string | Buffer)[] = [];
  readonly #maxBytes: number;
  readonly #onExcess: (error: Error) => void;
  #bytes = 0;

  constructor(
    request: IncomingMessage,
    { maxBytes, onExcess }: { maxBytes: number; onExcess: (error: Error) => void },
  ) {
    super(request);
    this.#maxBytes = maxBytes;
    this.#onExcess = onExcess;
    // With this header, which servers send anyway, Node also keeps those that are passed to `writeHead`.
    this.setHeader('connection', 'keep-alive');
  }

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.#keep(chunk);
    const callback = callbackIn(rest);
    if (callback) process.nextTick(callback);
    return true;
  }

  override end(...given: unknown[]): this {
    const [chunk] = given;
    if (typeof chunk !== 'function') this.#keep(chunk);
    return super.end(callbackIn(given));
  }

  /** Call it after `finish`. */
  complete(): CompleteResponse {
    const headers = this.getHeaders();
    const [first = '', ...others] = this.#chunks;
    return {
      statusCode: this.statusCode,
      header(name) {
        const value = headers[name];
        return typeof value === 'string' ? value : undefined;
      },
      // Most have one chunk, which is not copied.
      text: others.length === 0 ? String(first) : String(Buffer.concat(this.#chunks.map(toBuffer))),
    };
  }

  #keep(chunk: unknown) {
    if (chunk === undefined || chunk === null) return;
    const kept = typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk : bytesOf(chunk);
    this.#bytes += Buffer.byteLength(kept);
    if (this.#bytes > this.#maxBytes) {
      this.#onExcess(new Error(`The response is larger than ${this.#maxBytes} bytes.`));
    } else {
      this.#chunks.push(kept);
    }
  }
}

/** Node accepts it as the second or the third argument, and `end` also as the first one. */
function callbackIn(given: readonly unknown[]): (() => void) | undefined {
  const callback = given.find((each) => typeof each === 'function');
  return callback && (() => void Reflect.apply(callback, undefined, []));
}

const toBuffer = (chunk: string | Buffer): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk) : chunk;

function bytesOf(chunk: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk);
  throw new TypeError('A body consists of strings and bytes.');
}
