import { Alert, Button, Stack, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemText } from './problem-text.tsx';
import { type SignInProblem, problemOf } from './sign-in-problem.ts';

interface Props {
  readonly signIn: () => Promise<void>;
}

/** Signs in, mostly in a pop-up. Works again when the user has closed its window. */
export function SignInButton({ signIn }: Props) {
  const { t } = useTranslation('session');
  const [isWaiting, setIsWaiting] = useState(false);
  const [problem, setProblem] = useState<SignInProblem | null>(null);
  const latest = useRef(0);

  const click = async () => {
    const attempt = (latest.current += 1);
    setIsWaiting(true);
    setProblem(null);
    try {
      await signIn();
    } catch (error) {
      // The user has clicked again.
      if (attempt !== latest.current) return;
      setProblem(problemOf(error));
    }
    setIsWaiting(false);
  };

  return (
    <Stack gap="sm" align="start">
      <div role="status">
        {isWaiting && <Text size="sm">{t('otherWindow')}</Text>}
        {problem && (
          <Alert color="red">
            <ProblemText problem={problem} />
          </Alert>
        )}
      </div>
      <Button onClick={() => void click()} data-autofocus>
        {t(isWaiting || problem ? 'signInOnceMore' : 'signIn')}
      </Button>
    </Stack>
  );
}
