import { Alert, Button, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, Suspense, use, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../settings.ts';
import { ProblemText } from './problem-text.tsx';
import type { Session } from './session.ts';
import { SignInButton } from './sign-in-button.tsx';
import type { Start } from './start.ts';

interface Props {
  readonly start: Start | Promise<Start>;
  readonly children: (settings: Settings, session: Session) => ReactNode;
}

/** Shows the library when the user is signed in, and until then why not. */
export function Gate({ start, children }: Props) {
  const [current, setCurrent] = useState(start);
  return (
    <Suspense fallback={<Opening />}>
      <Opened current={current} go={setCurrent}>
        {children}
      </Opened>
    </Suspense>
  );
}

function Opening() {
  const { t } = useTranslation('app');
  return (
    <Group justify="center" p="xl" role="status" aria-label={t('loading')}>
      <Loader />
    </Group>
  );
}

interface OpenedProps {
  readonly current: Props['start'];
  readonly go: (next: Promise<Start>) => void;
  readonly children: Props['children'];
}

function Opened({ current, go, children }: OpenedProps) {
  const { t } = useTranslation(['session', 'app']);
  const start = current instanceof Promise ? use(current) : current;
  if (start.kind === 'open') return children(start.settings, start.session);
  return (
    <Stack component="main" maw={560} mx="auto" p="xl" mt="10vh" gap="lg">
      <Title order={1} size="h2">
        {t('app:title')}
      </Title>
      {start.kind === 'signIn' ? (
        <>
          <Text>{t(start.why)}</Text>
          <SignInButton signIn={async () => go(Promise.resolve(await start.signIn()))} />
        </>
      ) : (
        <>
          <Alert color="red" title={t('notSignedIn')}>
            <ProblemText problem={start.problem} />
          </Alert>
          <Group>
            <Button onClick={() => go(start.retry())}>{t('app:retry')}</Button>
            {start.signOut && (
              <Button variant="default" onClick={() => void start.signOut?.()}>
                {t('app:signOut')}
              </Button>
            )}
          </Group>
        </>
      )}
    </Stack>
  );
}
