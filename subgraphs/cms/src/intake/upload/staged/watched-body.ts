import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { type PaceLimits, watchPace } from '@federated-media/multipart/pace';
import { countReceived } from '@federated-media/multipart/received-bytes';
import { waitForTurn } from '@federated-media/multipart/turns';

export interface ArrivalLimits {
  readonly pace: PaceLimits;
  /** How long a client may send nothing. */
  readonly idleMs: number;
  /** Unix seconds: when the URL expires. */
  readonly expiresAt: number;
}

/** The body of a request, as it arrives. */
export interface WatchedBody {
  /** Destroying them keeps the connection, so that the response reaches the client. */
  readonly bytes: Transform;
  /** Stores take turns, whatever the number of their uploads. */
  belongTo(storeId: string): void;
  /** Ends `bytes` with those that have arrived. */
  end(): void;
  /** Call it when no more bytes are needed. */
  unwatch(): void;
}

/**
 * Passes on the body of a request. Reports once what is wrong with it: `onSlow` with a message for the client, `onCut`
 * when the connection ended early.
 */
export function watchBody(
  body: IncomingMessage,
  { pace, idleMs, expiresAt }: ArrivalLimits,
  { onSlow, onCut }: { onSlow: (message: string) => void; onCut: (watched: WatchedBody) => void },
): WatchedBody {
  let sender = '';
  const bytes = new Transform({
    transform: (chunk, _encoding, passOn) => waitForTurn(sender, () => passOn(null, chunk)),
  });
  const cut = () => {
    if (!body.complete) onCut(result);
  };
  const totalMs = Math.min(pace.totalMs, expiresAt * 1000 - Date.now());
  const watched = watchPace({ ...pace, totalMs }, ({ message }) => onSlow(message));
  const idle = setTimeout(() => onSlow(`No data arrived for ${idleMs} ms.`), idleMs);
  body.on('data', (chunk: Buffer) => {
    idle.refresh();
    watched.count(chunk.length);
    countReceived(chunk.length);
    if (bytes.writableNeedDrain) watched.pause();
  });
  bytes.on('drain', () => watched.resume());
  const result: WatchedBody = {
    bytes,
    belongTo(storeId) {
      sender = storeId;
    },
    end() {
      body.unpipe(bytes);
      bytes.end();
    },
    unwatch() {
      watched.stop();
      clearTimeout(idle);
    },
  };
  body.on('error', cut).once('close', cut).pipe(bytes);
  if (body.destroyed) cut();
  return result;
}
