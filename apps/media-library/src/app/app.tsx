import { ApolloProvider } from '@apollo/client/react';
import { useMediaQuery } from '@mantine/hooks';
import { Suspense, lazy, useState } from 'react';
import { RouterProvider } from 'react-router/dom';
import { createGraphClient } from '../graph/client.ts';
import type { Session } from '../session/session.ts';
import { SessionContext } from '../session/use-session.ts';
import type { Settings } from '../settings.ts';
import { createRoutes } from './routes.tsx';

const Notifications = lazy(async () => {
  const { Notifications: component } = await import('@mantine/notifications');
  return { default: component };
});
const SessionEnded = lazy(async () => {
  const { SessionEnded: component } = await import('../session/session-ended.tsx');
  return { default: component };
});

export function App({ settings, session }: { settings: Settings; session: Session }) {
  const [client] = useState(() => createGraphClient(session));
  const [routes] = useState(() => createRoutes(settings));
  const isWide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  return (
    <SessionContext value={session}>
      <Suspense>
        <Notifications
          className="notifications"
          // Neither over the uploads nor over the button that closes the details.
          position={isWide ? 'bottom-left' : 'top-center'}
        />
      </Suspense>
      <ApolloProvider client={client}>
        <RouterProvider router={routes} />
      </ApolloProvider>
      {session.renewal && (
        <Suspense>
          <SessionEnded renewal={session.renewal} />
        </Suspense>
      )}
    </SessionContext>
  );
}
