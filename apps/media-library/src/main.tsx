import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './style.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { startLanguages } from './language/language.ts';
import { openSession } from './session/session.ts';
import { readSettings } from './settings.ts';

const place = document.getElementById('library');
if (!place) throw new Error('index.html has no element with the id "library".');

const [settings] = await Promise.all([readSettings(), startLanguages()]);
const session = await openSession(settings);

createRoot(place).render(
  <StrictMode>
    <App settings={settings} session={session} />
  </StrictMode>,
);
