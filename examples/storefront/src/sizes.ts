/** How wide images are shown, for `sizes`: a line for each layout of `style.css`. */
const sizes = (...[wide, desktop, tablet, phone]: readonly [string, string, string, string]) =>
  `(min-width: 1264px) ${wide}, (min-width: 1000px) ${desktop}, (min-width: 700px) ${tablet}, ${phone}`;

export const card = sizes(
  '282px',
  'calc((100vw - 136px) / 4)',
  'calc((100vw - 80px) / 3)',
  'calc((100vw - 44px) / 2)',
);
export const firstCard = sizes(
  '588px',
  'calc((100vw - 88px) / 2)',
  'calc((200vw - 112px) / 3)',
  'calc(100vw - 32px)',
);
export const product = sizes(
  '691px',
  'calc((100vw - 112px) * 0.6)',
  'calc((100vw - 96px) * 0.6)',
  'calc(100vw - 32px)',
);
export const pairs = sizes(
  '334px',
  'calc((100vw - 112px) * 0.3 - 12px)',
  'calc((100vw - 96px) * 0.3 - 8px)',
  'calc((100vw - 44px) / 2)',
);
export const threes = sizes(
  '214px',
  'calc((100vw - 112px) * 0.2 - 16px)',
  'calc((100vw - 96px) * 0.2 - 11px)',
  'calc((100vw - 56px) / 3)',
);
export const artwork = sizes(
  '384px',
  'calc((100vw - 112px) / 3)',
  'calc((100vw - 64px) / 2)',
  'calc(100vw - 32px)',
);
export const teaser = sizes(
  '588px',
  'calc((100vw - 88px) / 2)',
  'calc((100vw - 64px) / 2)',
  'calc(100vw - 32px)',
);
export const article = sizes('720px', '720px', 'min(720px, 100vw - 48px)', 'calc(100vw - 32px)');
