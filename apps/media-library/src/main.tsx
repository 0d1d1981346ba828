import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './style.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { theme } from './app/theme.ts';
import { startLanguages } from './language/language.ts';
import { Gate } from './session/gate.tsx';
import { start } from './session/start.ts';

const place = document.getElementById('library');
if (!place) throw new Error('index.html has no element with the id "library".');

const started = start();
await startLanguages();

createRoot(place).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Gate start={started}>
        {(settings, session) => <App settings={settings} session={session} />}
      </Gate>
    </MantineProvider>
  </StrictMode>,
);
