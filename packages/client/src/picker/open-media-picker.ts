import { deferred } from '../deferred.ts';
import {
  type LibraryRequest,
  listenToLibrary,
  MediaPickerError,
  type PickedFile,
} from './library-protocol.ts';

export interface OpenMediaPickerOptions extends Partial<LibraryRequest> {
  /** The page of the media library that speaks the protocol of README.md. */
  readonly libraryUrl: string | URL;
  /** Closes the pop-up. */
  readonly signal?: AbortSignal;
  /** How long the library may take until it is ready. Default: `Infinity`, because the user sees the window. */
  readonly timeoutMs?: number;
}

const WIDTH = 1_100;
const HEIGHT = 760;
/** Browsers do not report that a window of another origin was closed. */
const LOOK_EVERY_MS = 250;

/**
 * Shows the media library in a pop-up, for pages without React. Call it while a click is handled: browsers block other
 * pop-ups. Returns the files, or null if the user closed the window without a choice.
 * @throws MediaPickerError; the reason of `signal`
 */
export function openMediaPicker(
  options: OpenMediaPickerOptions,
): Promise<readonly PickedFile[] | null> {
  const { libraryUrl, multiple = false, mediaTypes = null, signal } = options;
  const url = new URL(String(libraryUrl), location.href);
  if (signal?.aborted) return Promise.reject(signal.reason);
  const popup = open(url, '_blank', `popup,${placeInCentre()}`);
  if (!popup)
    return Promise.reject(new MediaPickerError('BLOCKED', 'The browser blocked the pop-up.'));

  const { promise, resolve, reject } = deferred<readonly PickedFile[] | null>();
  const stopListening = listenToLibrary({
    url,
    isReady: false,
    window: () => popup,
    request: () => ({ multiple, mediaTypes }),
    timeoutMs: options.timeoutMs ?? Infinity,
    onReady: () => {},
    onChosen: resolve,
    onCancelled: () => resolve(null),
    onError: reject,
  });
  const look = setInterval(() => {
    if (popup.closed) resolve(null);
  }, LOOK_EVERY_MS);
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort);

  return promise.finally(() => {
    stopListening();
    clearInterval(look);
    signal?.removeEventListener('abort', abort);
    popup.close();
  });
}

function placeInCentre(): string {
  const left = screenX + Math.max(0, (outerWidth - WIDTH) / 2);
  const top = screenY + Math.max(0, (outerHeight - HEIGHT) / 2);
  return `width=${WIDTH},height=${HEIGHT},left=${Math.round(left)},top=${Math.round(top)}`;
}
