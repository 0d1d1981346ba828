import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './style.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { theme } from './app/theme.ts';
import { startLanguages } from './language/language.ts';
import { sayReady } from './picker/other-window.ts';
import { Gate } from './session/gate.tsx';
import { start } from './session/start.ts';
import { ignoreClicksOnOtherLayers } from './shared/double-click.ts';

/** A start within this time shows no loader: React would show the library no earlier than 300 ms after it. */
const QUICK_START_MS = 500;
const sleep = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms));

const place = document.getElementById('library');
if (!place) throw new Error('index.html has no element with the id "library".');

// Before a sign-in, so that the page around the picker does not give up.
if (location.pathname === `${import.meta.env.BASE_URL}picker`) sayReady();

const started = start();
const [quick] = await Promise.all([
  Promise.race([started, sleep(QUICK_START_MS)]),
  startLanguages(),
]);

ignoreClicksOnOtherLayers();
createRoot(place).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Gate start={quick ?? started}>
        {(settings, session) => <App settings={settings} session={session} />}
      </Gate>
    </MantineProvider>
  </StrictMode>,
);
