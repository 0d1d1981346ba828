import { Socket } from 'node:net';

/**
 * The connection of a request in memory. It is never connected: what the server writes to it is discarded, because
 * `LocalResponse` has it. It tells the server when its caller is gone.
 */
export class LocalSocket extends Socket {
  constructor() {
    super();
    // As for a socket of a server: an error of one connection must not end the process.
    this.on('error', () => {});
    Object.defineProperty(this, 'remoteAddress', { value: '127.0.0.1' });
  }

  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }

  override _writev(_chunks: unknown, done: () => void): void {
    done();
  }
}
