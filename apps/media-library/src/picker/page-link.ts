import type { LibraryMessage, LibraryRequest } from '@federated-media/client';
import * as v from 'valibot';
import { otherWindow, sayReady } from './other-window.ts';
import { isAllowedOrigin } from './allowed-origins.ts';

const OPEN = 'federated-media:open';

const Open = v.object({
  type: v.literal(OPEN),
  version: v.literal(1),
  multiple: v.boolean(),
  mediaTypes: v.nullable(v.array(v.picklist(['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT']))),
});

/** What the page that shows the picker wants. */
export type PageState =
  | { readonly status: 'waiting' }
  /** It was opened as a usual page. */
  | { readonly status: 'alone' }
  | { readonly status: 'refused'; readonly origin: string }
  | { readonly status: 'misunderstood' }
  | {
      readonly status: 'open';
      readonly request: LibraryRequest;
      /** To this window, and only while it shows a page of the origin that asked. */
      readonly send: (message: LibraryMessage) => void;
    };

/**
 * The library's side of the messages that `@federated-media/client` documents. Only messages of the window around this
 * one count. Returns a function that ends it.
 */
export function listenToPage(
  allowedOrigins: readonly string[],
  onState: (state: PageState) => void,
): () => void {
  const page = otherWindow();
  if (!page) {
    onState({ status: 'alone' });
    return () => {};
  }
  function receive({ source, origin, data }: MessageEvent<unknown>): void {
    if (source !== page || !page || !isOpen(data)) return;
    if (!isAllowedOrigin(origin, allowedOrigins)) return onState({ status: 'refused', origin });
    const { success, output } = v.safeParse(Open, data);
    if (!success) return onState({ status: 'misunderstood' });
    const { multiple, mediaTypes } = output;
    const send = (message: LibraryMessage) => page.postMessage(message, origin);
    onState({ status: 'open', request: { multiple, mediaTypes }, send });
  }
  addEventListener('message', receive);
  sayReady();
  return () => removeEventListener('message', receive);
}

const isOpen = (data: unknown): boolean => v.is(v.object({ type: v.literal(OPEN) }), data);
