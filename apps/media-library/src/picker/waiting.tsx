import { Center, Loader } from '@mantine/core';
import { useTimeout } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from './notice.tsx';

/** Pages answer at once. */
const PATIENCE_MS = 5_000;

/** Until the page says what it wants. */
export function Waiting() {
  const { t } = useTranslation('picker');
  const [isSilent, setIsSilent] = useState(false);
  useTimeout(() => setIsSilent(true), PATIENCE_MS, { autoInvoke: true });
  if (isSilent) return <Notice title={t('silent.title')} text={t('silent.text')} />;
  return (
    <Center h="100dvh">
      <Loader />
    </Center>
  );
}
