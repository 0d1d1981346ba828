import { Modal, Stack, Text } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Renewal } from './session.ts';
import { SignInButton } from './sign-in-button.tsx';

const nothing = () => {};

/** Asks to sign in again, over the screen: requests and uploads wait, and what was typed stays. */
export function SessionEnded({ renewal }: { readonly renewal: Renewal }) {
  const { t } = useTranslation('session');
  const isNeeded = useSyncExternalStore(renewal.subscribe, renewal.isNeeded);
  return (
    <Modal
      opened={isNeeded}
      onClose={nothing}
      title={t('ended')}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      centered
      zIndex={10_000}
    >
      <Stack>
        <Text size="sm">{t('nothingIsLost')}</Text>
        <SignInButton signIn={renewal.signIn} />
      </Stack>
    </Modal>
  );
}
