/**
 * A page that speaks the library's side of the protocol of `MediaPicker`, as the media library does. Its URL decides what
 * it does: `version`, `files` (JSON, what it returns), `page` (the origin that it answers), `silent`, `leave` (a URL),
 * `hang` (after `ready`).
 */
import type { LibraryMessage, OpenMessage } from '@federated-media/client/react';

const settings = new URLSearchParams(location.search);
const pageOrigin = settings.get('page') ?? '';
const leaveTo = settings.get('leave');

const isOpen = (data: unknown): data is OpenMessage =>
  Reflect.get(Object(data), 'type') === 'federated-media:open';

function answer(message: LibraryMessage): void {
  parent.postMessage(message, pageOrigin);
}

function button(name: string, onClick: () => void): void {
  const element = document.body.appendChild(document.createElement('button'));
  element.textContent = name;
  element.addEventListener('click', onClick);
}

addEventListener('message', ({ source, origin, data }: MessageEvent<unknown>) => {
  if (source !== parent || origin !== pageOrigin || !isOpen(data)) return;
  if (settings.has('hang')) return;
  document.body.replaceChildren();
  document.body.append(`multiple: ${data.multiple}, types: ${data.mediaTypes?.join(' ') ?? 'all'}`);
  const files = JSON.parse(settings.get('files') ?? '[]');
  button('Use', () => answer({ type: 'federated-media:chosen', files }));
  const cancel = () => answer({ type: 'federated-media:cancelled' });
  button('Cancel', cancel);
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') cancel();
  });
});

if (leaveTo) location.replace(leaveTo);
else if (!settings.has('silent')) {
  const version = Number(settings.get('version') ?? 1);
  parent.postMessage({ type: 'federated-media:ready', version }, '*');
}
