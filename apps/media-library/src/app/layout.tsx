import { AppShell, Box, Button, Group, Text } from '@mantine/core';
import { Suspense, lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router';
import { Navigation } from './navigation.tsx';
import { UploadArea } from '../uploads/upload-area.tsx';
import { useBulk } from '../selection/use-bulk.ts';
import { useSession } from '../session/use-session.ts';

const Preferences = lazy(() => import('./preferences.tsx'));
const BulkStatus = lazy(() => import('../selection/bulk-status.tsx'));
const QuotaMeter = lazy(() => import('../quota/quota-meter.tsx'));

/** The header of all screens, and the screen. */
export function Layout() {
  const { t } = useTranslation('app');
  const { user } = useSession();
  // Here, because it goes on when another screen is opened.
  const bulk = useBulk();
  return (
    <AppShell header={{ height: 56 }} padding={0}>
      <a className="skip-link" href="#content">
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="lg" wrap="nowrap">
            <Text fw={600} visibleFrom="sm">
              {t('title')}
            </Text>
            <Navigation />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Suspense>
              <QuotaMeter />
            </Suspense>
            <Box miw={34}>
              <Suspense>
                <Preferences />
              </Suspense>
            </Box>
            {user && (
              <Button variant="subtle" onClick={() => void user.signOut()}>
                {t('signOut')}
              </Button>
            )}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Main id="content">
        <Outlet context={bulk} />
      </AppShell.Main>
      {(bulk.running ?? bulk.failed) && (
        <Suspense>
          <BulkStatus bulk={bulk} />
        </Suspense>
      )}
      <UploadArea />
    </AppShell>
  );
}
