import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SignInProblem } from './sign-in-problem.ts';

/** What is wrong, in plain words, and what an operator needs to know. */
export function ProblemText({ problem: { code, detail } }: { readonly problem: SignInProblem }) {
  const { t } = useTranslation('session');
  return (
    <>
      <Text size="sm">{t(`problems.${code}`)}</Text>
      {detail && (
        <Text size="sm" mt={4} dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {t('detail', { detail })}
        </Text>
      )}
    </>
  );
}
