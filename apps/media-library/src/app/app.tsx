import { ApolloProvider } from '@apollo/client/react';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useState } from 'react';
import { RouterProvider } from 'react-router/dom';
import { createGraphClient } from '../graph/client.ts';
import type { Session } from '../session/session.ts';
import { SessionContext } from '../session/use-session.ts';
import type { Settings } from '../settings.ts';
import { createRoutes } from './routes.tsx';
import { theme } from './theme.ts';

export function App({ settings, session }: { settings: Settings; session: Session }) {
  const [client] = useState(() => createGraphClient(session));
  const [routes] = useState(() => createRoutes(settings));
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="top-right" />
      <SessionContext value={session}>
        <ApolloProvider client={client}>
          <RouterProvider router={routes} />
        </ApolloProvider>
      </SessionContext>
    </MantineProvider>
  );
}
