import { ActionIcon, Tooltip } from '@mantine/core';
import type { IconX } from '@tabler/icons-react';

interface Props {
  readonly label: string;
  readonly icon: typeof IconX;
  readonly expanded?: boolean;
  readonly onClick: () => void;
}

export const PanelButton = ({ label, icon: Icon, expanded, onClick }: Props) => (
  <Tooltip label={label} openDelay={500}>
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      aria-expanded={expanded}
      onClick={onClick}
    >
      <Icon size={18} aria-hidden />
    </ActionIcon>
  </Tooltip>
);
