import type { Picture } from '../picture-props.ts';
import { startTimer } from '../timer.ts';

// Version 1 of the messages between a page and the media library in its frame or pop-up. README.md describes their order.

const VERSION = 1;

export type MediaType = 'IMAGE' | 'VIDEO' | 'AUDIO' | 'DOCUMENT';

/** What the page wants. */
export interface LibraryRequest {
  /** Whether more than one file may be chosen. */
  readonly multiple: boolean;
  /** Asks the library to offer only files of these types; the page does not check it. Null: of all types. */
  readonly mediaTypes: readonly MediaType[] | null;
}

/** From the page to the library, as the answer to each `ready`. */
export interface OpenMessage extends LibraryRequest {
  readonly type: 'federated-media:open';
  readonly version: typeof VERSION;
}

/** From the library to the page. */
export type LibraryMessage =
  /** The library listens. It contains no data, so it may be sent to any origin. */
  | { readonly type: 'federated-media:ready'; readonly version: typeof VERSION }
  | { readonly type: 'federated-media:chosen'; readonly files: readonly PickedFile[] }
  | { readonly type: 'federated-media:cancelled' };

/** A file that was chosen. It has the fields that `<Picture>` needs. */
export interface PickedFile extends Omit<Picture, 'altTexts'> {
  readonly id: string;
  readonly mimeType?: string | null;
  readonly originalFilename?: string | null;
}

/** Why the media library cannot be used. */
export class MediaPickerError extends Error {
  override readonly name = 'MediaPickerError';
  /**
   * `NO_ANSWER`: the library sent no `ready` in time. `PROTOCOL`: it sent something that this page does not understand.
   * `BLOCKED`: the browser opened no pop-up.
   */
  readonly code: 'NO_ANSWER' | 'PROTOCOL' | 'BLOCKED';

  constructor(code: MediaPickerError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

interface Library {
  readonly url: URL;
  /** Whether the library has sent `ready`: it is not expected again. */
  readonly isReady: boolean;
  /** The window of the frame or the pop-up; null until it exists. */
  readonly window: () => Window | null;
  readonly request: () => LibraryRequest;
  readonly timeoutMs: number;
  readonly onReady: () => void;
  readonly onChosen: (files: readonly PickedFile[]) => void;
  readonly onCancelled: () => void;
  readonly onError: (error: MediaPickerError) => void;
}

/**
 * Answers the library in a frame or a pop-up. Only messages of this window and of this exact origin count: the window
 * may have been led elsewhere, and any window can send messages. Returns a function that ends it.
 */
export function listenToLibrary(library: Library): () => void {
  const { url, isReady, timeoutMs } = library;
  const timer = isReady
    ? undefined
    : startTimer(() => fail('NO_ANSWER', noAnswer(url, timeoutMs)), timeoutMs);

  function stop(): void {
    clearTimeout(timer);
    removeEventListener('message', receive);
  }
  function fail(code: MediaPickerError['code'], message: string): void {
    stop();
    library.onError(new MediaPickerError(code, message));
  }
  function receive({ source, origin, data }: MessageEvent<unknown>): void {
    const shown = library.window();
    if (shown === null || source !== shown || origin !== url.origin) return;
    switch (read(data, 'type')) {
      case 'federated-media:ready': {
        const version = read(data, 'version');
        if (version !== VERSION) return fail('PROTOCOL', otherVersion(version));
        clearTimeout(timer);
        library.onReady();
        const type = 'federated-media:open';
        const open: OpenMessage = { type, version: VERSION, ...library.request() };
        return shown.postMessage(open, url.origin);
      }
      case 'federated-media:chosen': {
        const files = filesOf(read(data, 'files'));
        if (!files || (files.length > 1 && !library.request().multiple))
          return fail('PROTOCOL', 'The media library returned no valid list of files.');
        stop();
        return library.onChosen(files);
      }
      case 'federated-media:cancelled':
        stop();
        return library.onCancelled();
      default: // Tools of developers send other messages.
    }
  }

  addEventListener('message', receive);
  return stop;
}

const noAnswer = (url: URL, timeoutMs: number) =>
  `The media library at ${url.origin}${url.pathname} did not answer within ${timeoutMs / 1_000} s. ` +
  'Check the URL, and whether the library allows pages of this origin.';

const otherVersion = (version: unknown) =>
  `The media library uses version ${String(version).slice(0, 20)} of the messages, this page version ${VERSION}.`;

const read = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

function filesOf(value: unknown): PickedFile[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const files = value.map(fileOf).filter((file) => file !== undefined);
  return files.length === value.length ? files : undefined;
}

/** Fields of another type count as absent. */
function fileOf(value: unknown): PickedFile | undefined {
  const text = (name: string) => {
    const field = read(value, name);
    return typeof field === 'string' ? field : null;
  };
  const number = (name: string) => {
    const field = read(value, name);
    return typeof field === 'number' ? field : null;
  };
  const id = text('id');
  if (!id) return undefined;
  return {
    id,
    mimeType: text('mimeType'),
    originalFilename: text('originalFilename'),
    url: text('url'),
    srcSet: text('srcSet'),
    width: number('width'),
    height: number('height'),
    placeholder: text('placeholder'),
    altText: text('altText'),
    decorative: read(value, 'decorative') === true,
  };
}
