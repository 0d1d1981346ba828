import { useQuery } from '@apollo/client/react';
import { Alert, Button, Center, Drawer, Loader, Stack, Text } from '@mantine/core';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useParams } from 'react-router';
import styles from './details.module.css';
import { FileDetails } from './file-details.tsx';
import { FILE } from './queries.ts';
import { useKeptFocus } from './use-kept-focus.ts';

const POLL_MS = 3_000;

/** The route `files/:id`: a drawer over the list of files. */
export default function DetailsPage() {
  const { id = '' } = useParams();
  return <DetailsDrawer key={id} id={id} />;
}

function DetailsDrawer({ id }: { id: string }) {
  const { t } = useTranslation('details');
  const navigate = useNavigate();
  const { search } = useLocation();
  const { data, loading, error, refetch, startPolling, stopPolling } = useQuery(FILE, {
    variables: { id },
    fetchPolicy: 'cache-and-network',
    notifyOnNetworkStatusChange: true,
  });
  useReturnedFocus(id);
  useKeptFocus();

  const read = data?.mediaFile;
  // A read that fails has no file, and one that was deleted permanently is gone. The form stays, with what was typed.
  const [kept, setKept] = useState(read);
  if (read && read !== kept) setKept(read);
  const file = read ?? kept;
  const isGone = read === null && !error && !loading;
  const isProcessing = file?.status === 'PROCESSING' && !isGone;
  useEffect(() => {
    if (!isProcessing) return undefined;
    startPolling(POLL_MS);
    return stopPolling;
  }, [isProcessing, startPolling, stopPolling]);

  const close = () => void navigate({ pathname: '/', search }, { replace: true });
  return (
    <Drawer.Root
      opened
      onClose={close}
      position="right"
      size="min(76rem, 100%)"
      closeOnEscape={false}
      transitionProps={{ duration: 150 }}
    >
      <Drawer.Overlay backgroundOpacity={0.4} />
      <Drawer.Content onKeyDownCapture={(event) => isClosingKey(event) && close()}>
        <Drawer.Header className={styles.header} role="presentation">
          <Drawer.Title className={styles.title}>
            <bdi>{file ? file.title || file.originalFilename : t('tabs.edit')}</bdi>
          </Drawer.Title>
          <Drawer.CloseButton aria-label={t('close')} size="lg" />
        </Drawer.Header>
        <Drawer.Body className={styles.body}>
          {file && error && (
            <Alert color="orange" role="alert" mb="md" title={t('notReadAgain')}>
              <Button size="xs" variant="default" onClick={() => void refetch()}>
                {t('retry')}
              </Button>
            </Alert>
          )}
          {file && <FileDetails file={file} isGone={isGone} onClose={close} />}
          {!file && loading && (
            <Center h="50vh">
              <Loader aria-label={t('loading')} />
            </Center>
          )}
          {!file && !loading && (
            <Stack align="start">
              {error ? (
                <>
                  <Alert color="red" role="alert" title={t('notRead')} />
                  <Button onClick={() => void refetch()}>{t('retry')}</Button>
                </>
              ) : (
                <>
                  <Text>{t('notFound')}</Text>
                  <Button onClick={close}>{t('toList')}</Button>
                </>
              )}
            </Stack>
          )}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

/** Escape in the drawer itself: dialogs and lists of suggestions above it close themselves. */
function isClosingKey({ key, target, currentTarget, nativeEvent }: KeyboardEvent): boolean {
  return (
    key === 'Escape' &&
    !nativeEvent.isComposing &&
    target instanceof Element &&
    currentTarget.contains(target) &&
    target.getAttribute('data-mantine-stop-propagation') !== 'true'
  );
}

/** When the drawer closes, the focus returns to what opened it, else to the file in the list. */
function useReturnedFocus(id: string) {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After the drawer has released the focus.
      setTimeout(() => {
        const link = document.querySelector(`a[href*="/files/${CSS.escape(id)}"]`);
        const target = opener?.isConnected && opener !== document.body ? opener : link;
        if (target instanceof HTMLElement) target.focus();
      });
    },
    [id, opener],
  );
}
