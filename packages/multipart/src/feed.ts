import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import { MultipartError } from './errors.ts';
import { type PaceLimits, watchPace } from './pace.ts';
import { countReceived } from './received-bytes.ts';
import { waitForTurn } from './turns.ts';

/** Fields, part headers, preamble and epilogue, and bytes beyond the limit of a file. */
const MAX_BYTES_OUTSIDE_FILES = 64 * 2 ** 20;

/** A form that is stuck in two checks in a row will not continue: a reader had time to start. */
const STUCK_CHECK_MS = 300;

export interface Feed {
  /** Counts bytes of files, so that they do not count as bytes outside of files. */
  countFileBytes(bytes: number): void;
  stop(): void;
}

/**
 * Writes the body of a request into the parser at the speed of the parser. `onWaiting` is called whenever the parser
 * waits for the reader of a file, `onParsed` when it has parsed the whole body.
 */
export function feedParser({
  request,
  sender,
  parser,
  idleMs,
  unreadMs,
  paceLimits,
  isStuck,
  onData = () => {},
  onWaiting,
  onParsed,
  onFailed,
}: {
  request: IncomingMessage;
  /** Senders take turns. */
  sender: string;
  parser: Writable;
  idleMs: number;
  unreadMs: number;
  paceLimits: PaceLimits;
  /** Whether the file that blocks the parser will never be read. */
  isStuck: () => boolean;
  onData?: (() => void) | undefined;
  onWaiting: () => void;
  onParsed: () => void;
  onFailed: (error: MultipartError) => void;
}): Feed {
  let outside = 0;
  let waitsForReader = false;
  let waitsForTurn = false;
  let isStopped = false;
  const isWaiting = () => waitsForReader || waitsForTurn;

  const idle = setTimeout(() => {
    if (waitsForReader) idle.refresh();
    else onFailed(new MultipartError(408, `No data arrived for ${idleMs} ms.`));
  }, idleMs);
  const unread = setTimeout(() => {
    if (waitsForReader) onFailed(new MultipartError(400, unreadMessage(unreadMs)));
    else unread.refresh();
  }, unreadMs);

  const pace = watchPace(paceLimits, onFailed);

  let wasStuck = false;
  const stuck = setInterval(() => {
    const isStillStuck = waitsForReader && isStuck();
    if (isStillStuck && wasStuck) onFailed(new MultipartError(400, STUCK_MESSAGE));
    wasStuck = isStillStuck;
  }, STUCK_CHECK_MS);

  const take = (chunk: Buffer) => {
    onData();
    outside += chunk.length;
    if (outside > MAX_BYTES_OUTSIDE_FILES) {
      onFailed(new MultipartError(413, 'The body is too large for the files it contains.'));
      return;
    }
    countReceived(chunk.length);
    pace.count(chunk.length);
    idle.refresh();
    parser.write(chunk, onWritten);
    waitsForTurn = true;
    waitForTurn(sender, onTurn);
    waitsForReader = parser.writableLength > 0;
    if (!isWaiting()) return;
    pace.pause();
    request.pause();
    if (!waitsForReader) return;
    unread.refresh();
    onWaiting();
  };
  const onWritten = () => {
    if (!waitsForReader || parser.writableLength > 0) return;
    waitsForReader = false;
    proceed();
  };
  const onTurn = () => {
    waitsForTurn = false;
    proceed();
  };
  const proceed = () => {
    if (isWaiting() || isStopped) return;
    pace.resume();
    idle.refresh();
    request.resume();
  };
  const onEnd = () => {
    parser.end();
    // An incomplete body makes the parser fail before this.
    setImmediate(onParsed);
  };
  const onClose = () => {
    if (!request.readableEnded)
      onFailed(new MultipartError(400, 'The client closed the connection.'));
  };

  if (request.destroyed) setImmediate(onClose);
  request.on('data', take);
  request.once('end', onEnd);
  request.once('close', onClose);
  request.on('error', onClose);
  return {
    countFileBytes(bytes) {
      outside -= bytes;
    },
    stop() {
      clearTimeout(idle);
      clearTimeout(unread);
      clearInterval(stuck);
      pace.stop();
      isStopped = true;
      waitsForReader = false;
      request.off('data', take).off('end', onEnd).off('close', onClose);
      request.pause();
    },
  };
}

const STUCK_MESSAGE =
  'A file arrived before one that the operation reads earlier. Send files in the order in which the operation reads ' +
  'them, or all of them in one field.';

const unreadMessage = (unreadMs: number) =>
  `A file was not read for ${unreadMs} ms. ` +
  'Every file must be used, in one operation that reads all files at once.';
