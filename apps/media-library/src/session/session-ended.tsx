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
    <Modal.Root
      opened={isNeeded}
      onClose={nothing}
      closeOnClickOutside={false}
      closeOnEscape={false}
      centered
      zIndex={10_000}
    >
      <Modal.Overlay />
      {/* Without Modal.Header, which would be a second banner of the page. */}
      <Modal.Content>
        <Modal.Body>
          <Stack>
            <Modal.Title fw={600}>{t('ended')}</Modal.Title>
            <Text size="sm">{t('nothingIsLost')}</Text>
            <SignInButton signIn={renewal.signIn} />
          </Stack>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
