import { Modal, type ModalRootProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface Props extends ModalRootProps {
  readonly title: string;
}

/** A dialog over the details. Its header is no landmark: the page has one already. */
export function Dialog({ title, children, ...others }: Props) {
  const { t } = useTranslation('details');
  return (
    <Modal.Root {...others}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Header role="presentation">
          <Modal.Title fw={600}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('close')} />
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
