import type { LibraryMessage } from '@federated-media/client';

/** The window that has this page in a frame, or that opened it as a pop-up. */
export function otherWindow(): Window | null {
  if (window.parent !== window) return window.parent;
  const opener: unknown = window.opener;
  return isWindow(opener) ? opener : null;
}

/** Nothing of a window of another origin can be read, so no more can be checked. */
const isWindow = (opener: unknown): opener is Window => opener !== null;

/** It contains no data, so any page may receive it. The page answers each time. */
export function sayReady(): void {
  const ready: LibraryMessage = { type: 'federated-media:ready', version: 1 };
  otherWindow()?.postMessage(ready, '*');
}
